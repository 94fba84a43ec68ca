import type { PublishedDeck } from '../../main/ipc/publish.ts';
import type { IndexedRecording } from '../../main/engine/library-index.ts';
import { NO_COUNTS, NO_REJECTS, type Manifest } from '../../main/recording/manifest.ts';
import { NO_LOSS } from '../../main/session/loss-tally.ts';
import type { TapeNews } from '../../main/session/tape.ts';
import type { SessionView } from '../../main/session/session.ts';

interface FakeDeckParts {
  readonly library: FakeLibrary;
  readonly view: Partial<PublishedDeck['view']>;
}

const TRACK = 'tracks/01-Mara.opus';

/** A recording under way, as the engine shows it: one person, who has a track. */
export function sessionView(change: Partial<SessionView> = {}): SessionView {
  const counts = { ...NO_COUNTS, packets: 50 };
  return {
    folder: '/recordings/2026-11-23 10-15-30 The Salt Road - Session Zero',
    noticeAtMs: 1_000_000,
    stopping: false,
    channel: {
      id: '11',
      name: 'Session Zero',
      kind: 'voice',
      guildId: '1',
      guildName: 'The Salt Road',
      position: 0,
      userLimit: 0,
      people: [],
      permissions: 0n,
      hidden: false,
      ageRestricted: false,
      videoLimit: 0,
    },
    startedAtWallMs: 1_000_000,
    retrying: null,
    bytesWritten: 4_000,
    refusal: null,
    diskError: null,
    deafened: false,
    people: [{ userId: '1', name: 'Mara', bot: false, leftAtSamples: null }],
    speakers: [{ track: TRACK, userId: '1', name: 'Mara', counts, loss: NO_LOSS, isLive: true }],
    pausedAtSamples: null,
    markers: [],
    gaps: [],
    encryption: { version: 0, epoch: null, privacyCode: null, transitions: 0, history: [] },
    undecryptable: new Map(),
    leftOut: [],
    news: [],
    ...change,
  };
}

/** A recording under way: `advance` brings packets, `decoded` counts those that were decoded for levels. */
export class FakeSession {
  samples = 0;
  decoded = 0;
  readonly #bars = new Map<number, number>();
  #waiting = 0;

  /** Lets `seconds` pass, in which Mara speaks. */
  advance(seconds: number): void {
    this.samples += seconds * 48_000;
    this.#waiting += seconds * 50;
  }

  view(): SessionView {
    return sessionView();
  }

  levels(): readonly TapeNews[] {
    this.decoded += this.#waiting;
    this.#waiting = 0;
    const bar = [Math.floor(this.samples / 9_600), -20] as const;
    this.#bars.set(...bar);
    return [{ track: TRACK, peakDb: -20, bars: [bar], losses: [] }];
  }

  keptLevels(): readonly TapeNews[] {
    return [{ track: TRACK, peakDb: -100, bars: [...this.#bars], losses: [] }];
  }

  skipLevels(): void {
    this.#waiting = 0;
  }
}

/** A library of that many closed recordings, each of four people who spoke 20 times. */
export class FakeLibrary {
  /** How often `recordings` was read. */
  asked = 0;
  #recordings: readonly IndexedRecording[];
  readonly #listeners = new Set<() => void>();

  constructor(count: number) {
    this.#recordings = Array.from({ length: count }, (_, index) => indexed(String(index)));
  }

  get recordings(): readonly IndexedRecording[] {
    this.asked += 1;
    return this.#recordings;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells its listeners of a change; `added` is the id of a new recording. */
  refresh(added?: string): void {
    if (added !== undefined) this.#recordings = [indexed(added), ...this.#recordings];
    for (const listener of this.#listeners) listener();
  }
}

const talk = new Map(
  ['Mara', 'Okke', 'Ilse', 'Bo'].map((name) => [
    `tracks/01-${name}.opus`,
    Array.from({ length: 20 }, (_, run) => [run * 96_000, run * 96_000 + 48_000] as const),
  ]),
);

function indexed(id: string): IndexedRecording {
  const manifest: Manifest = {
    schema: 1,
    state: 'complete',
    app: 'tapedeck 0.1.0',
    startedAt: '2026-11-23T10:15:30.123Z',
    stoppedAt: '2026-11-23T13:15:30.123Z',
    reason: 'user',
    sampleRate: 48_000,
    samples: 3 * 3_600 * 48_000,
    guild: { id: '1', name: 'The Salt Road' },
    channel: { id: '11', name: 'Session Zero', kind: 'voice' },
    transport: 'aead_aes256_gcm_rtpsize',
    dave: { version: 1, transitions: 3 },
    people: [],
    tracks: [...talk.keys()].map((file, index) => ({
      userId: String(index),
      name: file.slice('tracks/01-'.length, -'.opus'.length),
      file,
      samples: 3 * 3_600 * 48_000,
      sha256: '0'.repeat(64),
      ...NO_COUNTS,
      packets: 1_000,
      lost: 1,
      late: 2,
      undecryptable: 3,
    })),
    rejected: { ...NO_REJECTS },
    gaps: [],
    markers: [],
    pauses: [],
    consent: {},
  };
  const info = { folder: `/recordings/${id}`, manifest, live: false, sizeBytes: 300_000_000 };
  return { id, info, talk };
}

/** A signed-in deck that records `session`, or is idle when that is null. The library is empty unless given. */
export function fakeDeck(
  session: FakeSession | null,
  { library = new FakeLibrary(0), view = {} }: Partial<FakeDeckParts> = {},
): PublishedDeck {
  const state =
    session === null ? ({ kind: 'idle' } as const) : ({ kind: 'recording', session } as const);
  const user = { id: '999', name: 'Studio Bot' };
  return {
    view: {
      account: {
        kind: 'signed-in',
        user,
        applicationId: '999',
        connection: 'connected',
        demo: false,
      },
      keyStoreAvailable: true,
      chosenChannelId: '11',
      session: state,
      sessionProblem: null,
      ended: null,
      freeBytes: 1_000_000_000,
      exports: [],
      ...view,
    },
    engine: {
      guilds: () => [],
      waitSeconds: null,
      libraryFolder: '/recordings',
      session: state,
    },
    library,
  };
}
