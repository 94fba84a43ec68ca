import type { RecordingSnapshot } from '../../../preload/contract/library.ts';
import type {
  ChannelSnapshot,
  ExportSnapshot,
  GuildSnapshot,
  PersonSnapshot,
  RecordingSessionSnapshot,
  SessionSnapshot,
  Snapshot,
  SpeakerSnapshot,
} from '../../../preload/contract/snapshot.ts';
import {
  encrypted,
  isEncryptionScene,
  keysLost,
  withEncryption,
  type EncryptionScene,
} from './encryption.ts';
import { LossTally, NO_LOSS } from '../../../main/session/loss-tally.ts';
import { tallied, type LostSound } from './losses.ts';
import { isMarksScene, NO_MARKS, withMarks, type MarksScene } from './marks.ts';
import { FEW, MANY, trackFile } from './people.ts';
import { recordings } from './recordings.ts';

/** Length of the recordings under way in these scenes: 42 minutes 17.6 seconds, in samples. */
const SCENE_SAMPLES = 121_804_800;

export type SceneName =
  | EncryptionScene
  | MarksScene
  | 'signed-out'
  | 'token-wrong'
  | 'no-key-store'
  | 'signed-in'
  | 'nothing-chosen'
  | 'no-servers'
  | 'waiting-for-discord'
  | 'joining'
  | 'asked-to-wait'
  | 'live'
  | 'live-many'
  | 'live-empty'
  | 'trouble'
  | 'deafened'
  | 'ended'
  | 'library-empty'
  | 'exporting'
  | 'exported'
  | 'export-failed';

export interface Scene {
  readonly snapshot: Snapshot;
  /** The library, newest first. */
  readonly recordings: readonly RecordingSnapshot[];
  /** Length of the recording under way; 0 when there is none. */
  readonly samples: number;
  /** What its people have lost. */
  readonly losses: LossTally;
}

function person(name: string, index: number): PersonSnapshot {
  return { userId: String(1000 + index), name, bot: false, muted: index === 2 };
}

interface ChannelInit {
  readonly id: string;
  readonly name: string;
  readonly people?: readonly string[];
  readonly change?: Partial<ChannelSnapshot>;
}

function channel({ id, name, people = [], change = {} }: ChannelInit): ChannelSnapshot {
  return {
    id,
    name,
    kind: 'voice',
    people: people.map(person),
    missingPermissions: [],
    missingForNotices: [],
    full: null,
    ...change,
  };
}

const guilds: readonly GuildSnapshot[] = [
  {
    id: '1',
    name: 'The Salt Road',
    available: true,
    hiddenChannelCount: 2,
    channels: [
      channel({ id: '11', name: 'Session Zero', people: MANY.slice(0, 6) }),
      channel({ id: '12', name: 'Side table', people: ['Old Tom', 'Ansel'] }),
      channel({ id: '13', name: 'Campfire stage', change: { kind: 'stage' } }),
      channel({ id: '14', name: 'GM room', change: { missingPermissions: ['Connect'] } }),
    ],
  },
  {
    id: '2',
    name: 'Podcast People',
    available: true,
    hiddenChannelCount: 0,
    channels: [
      channel({ id: '21', name: 'Studio A', people: ['Sabel', 'Pim', 'Ilse'] }),
      channel({ id: '22', name: 'Studio B' }),
      channel({
        id: '23',
        name: 'Green room',
        people: ['Ada', 'Bo', 'Cy', 'Di', 'Ed'],
        change: { full: { count: 5, limit: 5 } },
      }),
    ],
  },
  {
    id: '3',
    name: 'Reading Group',
    available: true,
    hiddenChannelCount: 0,
    channels: [channel({ id: '31', name: 'Thursday readers' })],
  },
];

function speaker(name: string, index: number): SpeakerSnapshot {
  return {
    track: trackFile(name, index),
    userId: String(1000 + index),
    name,
    present: true,
    leftAtSamples: null,
    undecryptableFromSamples: null,
    lostPackets: 0,
    latePackets: 0,
    undecryptablePackets: 0,
    packets: 20_000,
    recentLoss: NO_LOSS.recent,
    lastLossBars: NO_LOSS.lastBars,
  };
}

function session(names: readonly string[]): RecordingSessionSnapshot {
  return {
    kind: 'recording',
    recordingId: 'live',
    channelId: '11',
    channelName: 'Session Zero',
    guildName: 'The Salt Road',
    startedAtMs: Date.now() - SCENE_SAMPLES / 48,
    connection: { kind: 'good' },
    notice: { toldAtMs: Date.now() - SCENE_SAMPLES / 48, chosenNone: false },
    encryption: encrypted(10 * 60_000),
    deafened: false,
    ...NO_MARKS,
    speakers: names.map(speaker),
    news: [],
    peopleCount: names.length,
    bytesWritten: 118_000_000,
  };
}

const idle: Snapshot = {
  appVersion: '0.1.0',
  account: {
    kind: 'signed-in',
    userId: '999',
    name: 'Studio Bot',
    demo: false,
    inviteUrl: 'https://discord.com/oauth2/authorize',
    connection: 'connected',
  },
  keyStoreAvailable: true,
  guilds,
  chosenChannelId: '11',
  session: { kind: 'idle', problem: null, ended: null },
  exports: [],
  disk: { freeBytes: 214_000_000_000, secondsLeft: 41 * 3600, low: false },
  waitSeconds: null,
  libraryFolder: '/home/sam/Music/Tapedeck',
};

const signedOut: Snapshot = {
  ...idle,
  account: { kind: 'signed-out', problem: null },
  guilds: [],
  chosenChannelId: null,
};

const running: ExportSnapshot = {
  id: 'e1',
  recordingId: 'r1',
  state: 'running',
  fileCount: 7,
  filesDone: 1,
  progress: 0.21,
  currentFile: '02-Okke van Dijk.wav',
  folder: '/home/sam/Music/Tapedeck/2026-11-23 20-03-11 The Salt Road - Session Zero/exports',
  problem: null,
};

/** The third speaker loses more packets each second for 23 s, then the connection is lost for 7 s. */
const someLost: LostSound = {
  lost: new Map([
    [
      2,
      (second) => {
        const heard = Math.min(second, 22);
        const lost = Math.floor(heard * heard * 0.11);
        const late = Math.min(lost, 9);
        return { packets: 20_000 + heard * 50, lost: lost - late, late };
      },
    ],
  ]),
  seconds: 30,
};

const JOINING: SessionSnapshot = {
  kind: 'joining',
  channelId: '11',
  channelName: 'Session Zero',
  guildName: 'The Salt Road',
};

const snapshots: Record<Exclude<SceneName, EncryptionScene | MarksScene>, Snapshot> = {
  'signed-out': signedOut,
  'token-wrong': {
    ...signedOut,
    account: { kind: 'signed-out', problem: { code: 'token-rejected', details: {} } },
  },
  'no-key-store': { ...signedOut, keyStoreAvailable: false },
  'signed-in': idle,
  'nothing-chosen': { ...idle, chosenChannelId: null, disk: null },
  'no-servers': { ...idle, guilds: [], chosenChannelId: null },
  'waiting-for-discord': {
    ...idle,
    chosenChannelId: null,
    guilds: [
      { id: '1', name: 'The Salt Road', available: false, hiddenChannelCount: 0, channels: [] },
    ],
  },
  joining: { ...idle, session: JOINING },
  'asked-to-wait': { ...idle, session: JOINING, waitSeconds: 12 },
  live: {
    ...idle,
    session: {
      ...session(FEW),
      speakers: FEW.map((name, index) => ({
        ...speaker(name, index),
        ...(index === 3 ? { present: false, leftAtSamples: 117_000_000 } : {}),
      })),
    },
  },
  'live-many': {
    ...idle,
    session: {
      ...session(MANY),
      speakers: MANY.map(speaker),
    },
  },
  'live-empty': { ...idle, session: { ...session([]), bytesWritten: 4000 } },
  trouble: {
    ...idle,
    disk: { freeBytes: 300_000_000, secondsLeft: 14 * 60, low: true },
    session: {
      ...session(MANY.slice(0, 6)),
      connection: {
        kind: 'retrying',
        sinceMs: Date.now() - 7000,
        fromSamples: SCENE_SAMPLES - 7 * 48_000,
        attempt: 2,
      },
    },
  },
  deafened: { ...idle, session: { ...session(FEW), deafened: true } },
  ended: {
    ...idle,
    session: {
      kind: 'idle',
      problem: { code: 'disk-full', details: {} },
      ended: { recordingId: 'r1', samples: SCENE_SAMPLES },
    },
  },
  'library-empty': idle,
  exporting: { ...idle, exports: [running] },
  exported: {
    ...idle,
    exports: [{ ...running, state: 'done', filesDone: 7, progress: 1, currentFile: null }],
  },
  'export-failed': {
    ...idle,
    exports: [{ ...running, state: 'failed', problem: { code: 'disk-full', details: {} } }],
  },
};

/** The losses of that scene; undefined in a scene without any. */
function lostSound(name: SceneName): LostSound | undefined {
  if (isEncryptionScene(name)) return keysLost(name);
  if (name === 'trouble') return someLost;
  return name === 'live-many'
    ? { lost: new Map([[10, () => ({ lost: 3 })]]), seconds: 60 }
    : undefined;
}

function snapshotOf(name: SceneName): Snapshot {
  if (isEncryptionScene(name)) {
    const names = name === 'undecryptable-many' ? MANY : MANY.slice(0, 6);
    return { ...idle, session: withEncryption(session(names), name, SCENE_SAMPLES) };
  }
  if (isMarksScene(name)) {
    const names = name.endsWith('-many') ? MANY : MANY.slice(0, 6);
    return { ...idle, session: withMarks(session(names), name, SCENE_SAMPLES) };
  }
  return snapshots[name];
}

/** The made-up state of that scene. */
export function scene(name: SceneName): Scene {
  const snapshot = snapshotOf(name);
  const library = name === 'library-empty' ? [] : recordings;
  if (snapshot.session.kind !== 'recording') {
    return { snapshot, recordings: library, samples: 0, losses: new LossTally() };
  }
  const samples = SCENE_SAMPLES;
  const { losses, speakers } = tallied(snapshot.session.speakers, samples, lostSound(name));
  const told = { ...snapshot, session: { ...snapshot.session, speakers } };
  return { snapshot: told, recordings: library, samples, losses };
}

export const SCENE_NAMES: readonly SceneName[] = [
  'signed-out',
  'token-wrong',
  'no-key-store',
  'signed-in',
  'nothing-chosen',
  'no-servers',
  'waiting-for-discord',
  'joining',
  'asked-to-wait',
  'live',
  'live-many',
  'live-empty',
  'trouble',
  'deafened',
  'stage',
  'not-encrypted',
  'setting-up-encryption',
  'code-changed',
  'undecryptable',
  'undecryptable-many',
  'paused',
  'paused-many',
  'marked',
  'marked-many',
  'ended',
  'library-empty',
  'exporting',
  'exported',
  'export-failed',
];
