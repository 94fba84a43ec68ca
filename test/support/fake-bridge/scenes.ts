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
  withEncryption,
  type EncryptionScene,
} from './encryption.ts';
import { isMarksScene, NO_MARKS, withMarks, type MarksScene } from './marks.ts';
import { FEW, MANY, trackFile } from './people.ts';
import { recordings } from './recordings.ts';

/** 42 minutes 17.6 seconds, in samples: where the recordings of these scenes stand. */
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
    cannotDecrypt: false,
    lostPackets: 0,
    latePackets: 0,
    undecryptablePackets: 0,
    packets: 20_000,
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
    notice: { chatAtMs: Date.now() - SCENE_SAMPLES / 48, chosenNone: false },
    encryption: encrypted(10 * 60_000),
    deafened: false,
    ...NO_MARKS,
    speakers: names.map(speaker),
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
  session: { kind: 'idle', problem: null },
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

const someTrouble: Partial<RecordingSessionSnapshot> = {
  connection: { kind: 'retrying', sinceMs: Date.now() - 7000, attempt: 2 },
  speakers: MANY.slice(0, 6).map((name, index) => ({
    ...speaker(name, index),
    lostPackets: index === 2 ? 64 : 0,
    latePackets: index === 2 ? 9 : 0,
  })),
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
      speakers: MANY.map((name, index) => ({
        ...speaker(name, index),
        lostPackets: index === 10 ? 3 : 0,
      })),
    },
  },
  'live-empty': { ...idle, session: { ...session([]), bytesWritten: 4000 } },
  trouble: {
    ...idle,
    disk: { freeBytes: 300_000_000, secondsLeft: 14 * 60, low: true },
    session: { ...session(MANY.slice(0, 6)), ...someTrouble },
  },
  deafened: { ...idle, session: { ...session(FEW), deafened: true } },
  ended: { ...idle, session: { kind: 'idle', problem: { code: 'disk-full', details: {} } } },
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

/** A state of the whole app, made up. */
export function scene(name: SceneName): Scene {
  if (isEncryptionScene(name)) {
    const names = name === 'undecryptable-many' ? MANY : MANY.slice(0, 6);
    const snapshot = { ...idle, session: withEncryption(session(names), name, 0) };
    return { snapshot, recordings, samples: SCENE_SAMPLES };
  }
  if (isMarksScene(name)) {
    const names = name.endsWith('-many') ? MANY : MANY.slice(0, 6);
    const marked = withMarks(session(names), name, SCENE_SAMPLES);
    return { snapshot: { ...idle, session: marked }, recordings, samples: SCENE_SAMPLES };
  }
  const snapshot = snapshots[name];
  const runs = snapshot.session.kind === 'recording' || name === 'ended';
  return {
    snapshot,
    recordings: name === 'library-empty' ? [] : recordings,
    samples: runs ? SCENE_SAMPLES : 0,
  };
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
