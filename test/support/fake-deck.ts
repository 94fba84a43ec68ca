import type { PublishedDeck } from '../../main/ipc/publish.ts';
import { NO_COUNTS } from '../../main/recording/manifest.ts';
import type { Levels } from '../../main/session/meters.ts';
import type { SessionView } from '../../main/session/session.ts';

const TRACK = 'tracks/01-Mara.opus';

/** A recording under way as the engine knows it: one person is there and is heard. */
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
    },
    startedAtWallMs: 1_000_000,
    retrying: null,
    bytesWritten: 4_000,
    refusal: null,
    deafened: false,
    people: [{ userId: '1', name: 'Mara', bot: false, present: [[0, null]] }],
    speakers: [{ track: TRACK, userId: '1', name: 'Mara', counts }],
    pausedAtSamples: null,
    markers: [],
    gaps: [],
    encryption: { version: 0, epoch: null, privacyCode: null, transitions: 0, history: [] },
    cannotDecrypt: [],
    ...change,
  };
}

/** A recording under way whose packets come in as its time goes on, and which counts those that are decoded. */
export class FakeSession {
  samples = 0;
  decoded = 0;
  readonly #bars = new Map<number, number>();
  #waiting = 0;

  /** Lets time pass; Mara speaks all the while. */
  advance(seconds: number): void {
    this.samples += seconds * 48_000;
    this.#waiting += seconds * 50;
  }

  view(): SessionView {
    return sessionView();
  }

  levels(): readonly Levels[] {
    this.decoded += this.#waiting;
    this.#waiting = 0;
    const bar = [Math.floor(this.samples / 9_600), -20] as const;
    this.#bars.set(...bar);
    return [{ track: TRACK, peakDb: -20, bars: [bar] }];
  }

  keptLevels(): readonly Levels[] {
    return [{ track: TRACK, peakDb: -100, bars: [...this.#bars] }];
  }

  skipLevels(): void {
    this.#waiting = 0;
  }
}

/** A deck that is signed in, with an empty library; `session` is what it records. */
export function fakeDeck(
  session: FakeSession | null,
  change: Partial<PublishedDeck['view']> = {},
): PublishedDeck {
  const state =
    session === null ? ({ kind: 'idle' } as const) : ({ kind: 'recording', session } as const);
  const user = { id: '999', name: 'Studio Bot' };
  return {
    view: {
      account: { user, applicationId: '999', connection: 'connected' },
      signingIn: null,
      signInProblem: null,
      demo: false,
      inviteUrl: 'https://discord.com/oauth2/authorize',
      keyStoreAvailable: true,
      chosenChannelId: '11',
      session: state,
      sessionProblem: null,
      freeBytes: 1_000_000_000,
      recordings: [],
      exports: [],
      ...change,
    },
    engine: {
      guilds: () => [],
      waitSeconds: null,
      libraryFolder: '/recordings',
      session: state,
    },
  };
}
