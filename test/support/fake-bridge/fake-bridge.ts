import { noFlight } from '../../../main/base/flight-log.ts';
import type { Log } from '../../../main/base/log.ts';
import { answerCommand } from '../../../main/ipc/answer.ts';
import type { CommandHandlers } from '../../../main/ipc/commands.ts';
import { LibraryFeed } from '../../../main/ipc/library-feed.ts';
import type { TrackCounts } from '../../../main/recording/manifest.ts';
import { News, type Moment } from '../../../main/session/news.ts';
import type { UntimedSessionEvent } from '../../../main/session/session-event.ts';
import type { Bridge } from '../../../preload/contract/bridge.ts';
import type {
  CommandInput,
  CommandName,
  CommandOutput,
} from '../../../preload/contract/commands.ts';
import type { ErrorCode, Problem } from '../../../preload/contract/error-codes.ts';
import { events } from '../../../preload/contract/event-schemas.ts';
import type { EventName, Events } from '../../../preload/contract/events.ts';
import type { RecordingSnapshot } from '../../../preload/contract/library.ts';
import type {
  ExportSnapshot,
  RecordingSessionSnapshot,
  Snapshot,
} from '../../../preload/contract/snapshot.ts';
import { countsOf, withCounts } from './losses.ts';
import { scene, type Scene, type SceneName } from './scenes.ts';
import { FakeTape } from './tape.ts';

const BATCH_MS = 50;
const BATCH_SAMPLES = 2400;

const OK = { ok: true } as const;
const refused = (code: ErrorCode) => ({ ok: false, problem: { code, details: {} } }) as const;

/** Throws what is logged as an error, so that a fault of a handler fails the test. */
const log: Log = {
  error: (message, fields) => {
    throw new Error(`${message}: ${JSON.stringify(fields)}`);
  },
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => log,
  flight: noFlight,
};

/**
 * The window's bridge over made-up state, so that the window runs in a plain browser. It does nothing that the app does
 * not: main's own code answers commands and makes news and losses, and events are parsed by the contract's schemas and
 * copied, as between two processes.
 */
export class FakeBridge implements Bridge {
  readonly #listeners: {
    readonly [Name in EventName]: Set<(payload: Events[Name]) => void>;
  } = { snapshot: new Set(), library: new Set(), levels: new Set() };
  readonly #timers = new Set<number>();
  readonly #library = new LibraryFeed();
  /** Every command that the page sent, oldest first. */
  readonly calls: { readonly name: CommandName; readonly input: unknown }[] = [];
  #snapshot: Snapshot;
  #recordings: readonly RecordingSnapshot[];
  #samples = 0;
  #news = new News();
  #tape: FakeTape;

  constructor(name: SceneName) {
    const { snapshot, recordings, samples, losses } = scene(name);
    this.#snapshot = snapshot;
    this.#recordings = recordings;
    this.#samples = samples;
    this.#tape = new FakeTape(samples, losses);
    const session = this.#live;
    if (session === null) return;
    this.#tape.read(session, samples);
    this.#beginNews(session);
    this.#snapshot = { ...snapshot, session: { ...session, news: this.#news.items } };
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  readonly invoke = async <Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
  ): Promise<CommandOutput<Name>> => {
    this.calls.push({ name, input });
    const asked = { from: 'our-page', name, input: structuredClone(input) } as const;
    const answer = await answerCommand(asked, { handlers: this.#handlers, log });
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- parsed by the schema of this name's output
    return structuredClone(answer) as CommandOutput<Name>;
  };

  readonly on = <Name extends EventName>(
    name: Name,
    listener: (payload: Events[Name]) => void,
  ): (() => void) => {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  };

  /** Changes the snapshot and sends it. */
  change(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#send('snapshot', this.#snapshot);
  }

  /** Changes the recording under way; `happened` are its events, from which the news is made. */
  changeSession(
    change: Partial<RecordingSessionSnapshot>,
    ...happened: readonly UntimedSessionEvent[]
  ): void {
    const before = this.#live;
    if (before === null) return;
    const session = { ...before, ...change };
    for (const event of happened) {
      if (event.event === 'gap') this.#news.connectionBack(event); // as the recorder does
      this.#news.hear(event, this.#now);
    }
    this.#observe(session);
    this.change({ session: { ...session, news: this.#news.items } });
  }

  /** A person who was not there before joins, with `userId`. */
  arrive(
    userId: string,
    name: string,
    change: Partial<RecordingSessionSnapshot> = {},
    ...happened: readonly UntimedSessionEvent[]
  ): void {
    const session = this.#live;
    const [any] = session?.speakers ?? [];
    if (session === null || any === undefined) return;
    const person = withCounts(
      { ...any, track: null, userId, name },
      countsOf(any),
      this.#tape.losses,
    );
    const speakers = [...session.speakers, person];
    const peopleCount = session.peopleCount + 1;
    const present = { event: 'present', userId, name, bot: false, excluded: false } as const;
    this.changeSession({ speakers, peopleCount, ...change }, present, ...happened);
  }

  /** Counts more packets of that lane as lost, late or undecryptable. */
  lose(lane: number, more: Partial<Pick<TrackCounts, 'lost' | 'late' | 'undecryptable'>>): void {
    const session = this.#live;
    const speaker = session?.speakers[lane];
    if (session === null || speaker?.track == null) return;
    const counts = countsOf(speaker);
    const { lost = 0, late = 0, undecryptable = 0 } = more;
    const after = {
      ...counts,
      lost: counts.lost + lost,
      late: counts.late + late,
      undecryptable: counts.undecryptable + undecryptable,
    };
    this.#tape.losses.look(speaker.track, after, this.#samples);
    const changed = withCounts(speaker, after, this.#tape.losses);
    this.changeSession({
      speakers: session.speakers.map((one, index) => (index === lane ? changed : one)),
    });
    this.#sendLevels();
  }

  /** The connection is lost at this moment and being retried. */
  loseConnection(): void {
    const fromSamples = this.#samples;
    const connection = { kind: 'retrying', sinceMs: Date.now(), fromSamples, attempt: 1 } as const;
    this.changeSession({ connection });
  }

  /** The recording ends: by the person when `problem` is null. Its library row is not changed. */
  end(problem: Problem | null): void {
    const session = this.#live;
    if (session === null) return;
    const ended = { recordingId: session.recordingId, samples: this.#samples };
    this.change({ session: { kind: 'idle', problem, ended } });
  }

  /** From now on these lanes cannot be decrypted, and all others can. */
  loseKeys(...lanes: readonly number[]): void {
    const session = this.#live;
    if (session === null) return;
    const isNew = session.speakers.every((one) => one.undecryptableFromSamples === null);
    if (isNew && lanes.length > 0) this.#news.undecryptable(this.#now);
    const speakers = session.speakers.map((one, index) => ({
      ...one,
      undecryptableFromSamples: lanes.includes(index)
        ? (one.undecryptableFromSamples ?? this.#samples)
        : null,
    }));
    this.changeSession({ speakers });
  }

  /** Replaces the library, newest first, and sends what changed. */
  changeLibrary(recordings: readonly RecordingSnapshot[]): void {
    this.#recordings = recordings;
    const change = this.#library.change(recordings);
    if (change !== null) this.#send('library', change);
  }

  /** Makes the recording longer by that many samples at once and sends levels. */
  advance(samples: number): void {
    this.#samples += samples;
    this.#sendLevels();
  }

  /** Lets time pass: levels 20 times a second, bytes once a second. */
  play(): void {
    this.#every(BATCH_MS, () => {
      if (this.#live !== null) this.advance(BATCH_SAMPLES);
    });
    this.#every(1000, () => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording' || session.connection.kind !== 'good') return;
      const speakers = session.speakers.map((one) => ({ ...one, packets: one.packets + 20 }));
      this.changeSession({ bytesWritten: session.bytesWritten + 48_000, speakers });
    });
  }

  close(): void {
    for (const timer of this.#timers) window.clearInterval(timer);
    this.#timers.clear();
  }

  /** The recording under way; null while there is none. */
  get #live(): RecordingSessionSnapshot | null {
    const { session } = this.#snapshot;
    return session.kind === 'recording' || session.kind === 'stopping' ? session : null;
  }

  get #now(): Moment {
    return { atMs: Date.now(), samples: this.#samples };
  }

  #send<Name extends EventName>(name: Name, payload: Events[Name]): void {
    events[name].parse(payload);
    for (const listener of this.#listeners[name]) listener(structuredClone(payload));
  }

  #sendLevels(): void {
    const session = this.#live;
    if (session === null) return;
    const speakers = this.#tape.read(session, this.#samples);
    this.#send('levels', { samples: this.#samples, speakers });
  }

  /** The events that a recording in this state has had. */
  #beginNews(session: RecordingSessionSnapshot): void {
    const { channelId, encryption, startedAtMs } = session;
    this.#news = new News();
    this.#news.hear(
      {
        event: 'joined',
        guildId: '1',
        channelId,
        mode: 'aead_aes256_gcm_rtpsize',
        daveVersion: 1,
        recording: '/home/sam/Music/Tapedeck/live',
      },
      { atMs: startedAtMs, samples: 0 },
    );
    for (const { code, sinceMs } of 'codes' in encryption ? encryption.codes : []) {
      const samples = Math.max(0, Math.round((sinceMs - startedAtMs) * 48));
      const changed = { event: 'e2ee', version: 1, epoch: 1, privacyCode: code } as const;
      this.#news.hear(changed, { atMs: sinceMs, samples });
    }
    this.#observe(session);
  }

  #observe({ connection, deafened: isDeafened }: RecordingSessionSnapshot): void {
    this.#news.observe({ isLost: connection.kind === 'retrying', isDeafened }, this.#now);
  }

  #show({ snapshot, recordings }: Scene): void {
    this.change(snapshot);
    this.changeLibrary(recordings);
  }

  #every(ms: number, step: () => void): void {
    this.#timers.add(window.setInterval(step, ms));
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.add(window.setTimeout(resolve, ms));
    });
  }

  #beginRecording(): void {
    const { snapshot, losses } = scene('live');
    if (snapshot.session.kind !== 'recording') return;
    this.#samples = 0;
    this.#tape = new FakeTape(0, losses);
    const session = { ...snapshot.session, bytesWritten: 0, startedAtMs: Date.now() };
    this.#beginNews(session);
    this.change({ session: { ...session, news: this.#news.items } });
    const [any] = this.#recordings;
    if (any === undefined) return;
    const row = { ...any, id: session.recordingId, state: 'recording', tracks: [] } as const;
    this.changeLibrary([row, ...this.#recordings]);
  }

  #endRecording({ recordingId }: RecordingSessionSnapshot): void {
    this.end(null);
    const others = this.#recordings.filter(({ id }) => id !== recordingId);
    const [any] = others;
    this.changeLibrary(any === undefined ? [] : [{ ...any, id: recordingId }, ...others]);
  }

  readonly #handlers: CommandHandlers = {
    'window.ready': () => {
      this.#send('library', this.#library.whole(this.#recordings));
      if (this.#live !== null) {
        this.#send('levels', { samples: this.#samples, speakers: this.#tape.kept() });
      }
      this.change({});
      this.#sendLevels(); // the next batch follows within 50 ms, also where the scene stands still
      return OK;
    },
    'account.sign-in': async ({ token }) => {
      this.change({ account: { kind: 'signing-in', demo: false } });
      await this.#after(300);
      const isWrong = token.startsWith('wrong');
      this.#show(scene(isWrong ? 'token-wrong' : 'nothing-chosen'));
      return isWrong ? refused('token-rejected') : OK;
    },
    'account.sign-out': () => {
      this.#show(scene('signed-out'));
      return OK;
    },
    'demo.start': async () => {
      this.change({ account: { kind: 'signing-in', demo: true } });
      await this.#after(300);
      const { snapshot } = scene('signed-in');
      const account = { ...snapshot.account, name: 'Demo Bot', demo: true };
      this.change({ ...snapshot, account });
      return OK;
    },
    'channel.choose': ({ channelId }) => {
      this.change({ chosenChannelId: channelId });
      return OK;
    },
    'session.record': async () => {
      this.change({ session: scene('joining').snapshot.session });
      await this.#after(700);
      if (this.#snapshot.session.kind === 'joining') this.#beginRecording();
      return OK;
    },
    'session.cancel': () => {
      if (this.#snapshot.session.kind !== 'joining') return refused('bad-request');
      this.change({ session: { kind: 'idle', problem: null, ended: null } });
      return OK;
    },
    'session.stop': async () => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      this.changeSession({ kind: 'stopping' });
      await this.#after(500);
      this.#endRecording(session);
      return OK;
    },
    'session.pause': () => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      if (session.pausedAtSamples !== null) return OK;
      this.#news.paused(this.#now);
      this.changeSession({ pausedAtSamples: this.#samples });
      return OK;
    },
    'session.resume': () => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      const { pausedAtSamples: fromSamples, gaps } = session;
      if (fromSamples === null) return OK;
      const gap = { reason: 'pause', fromSamples, toSamples: this.#samples } as const;
      const change = { pausedAtSamples: null, gaps: [...gaps, gap] };
      this.changeSession(change, { event: 'gap', ...gap });
      return OK;
    },
    'session.mark': ({ note = '' }) => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      const marker = session.markers.length;
      const marked = { number: marker, samples: this.#samples, note };
      this.#news.marked(marker, this.#now);
      this.changeSession({ markers: [...session.markers, marked] });
      return { ok: true, marker };
    },
    'session.note-marker': ({ marker, note }) => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      if (!session.markers.some(({ number }) => number === marker)) return refused('bad-request');
      const markers = session.markers.map((one) =>
        one.number === marker ? { ...one, note } : one,
      );
      this.changeSession({ markers });
      return OK;
    },
    'session.copy-code': () => {
      const { session } = this.#snapshot;
      const isEncrypted = session.kind === 'recording' && session.encryption.kind === 'on';
      return isEncrypted ? OK : refused('bad-request');
    },
    'diagnostics.copy': () => OK,
    'diagnostics.save': () => ({ ok: true, saved: true }) as const,
    'session.dismiss-outcome': () => {
      const { session } = this.#snapshot;
      if (session.kind === 'idle') {
        this.change({ session: { kind: 'idle', problem: null, ended: null } });
      }
      return OK;
    },
    'recording.show-in-folder': ({ recordingId }) =>
      this.#recordings.some(({ id }) => id === recordingId) ? OK : refused('not-a-recording'),
    'recording.forget': ({ recordingId }) =>
      this.#recordings.some(({ id }) => id === recordingId)
        ? { ok: true, unsure: [] }
        : refused('not-a-recording'),
    'library.show-folder': () => OK,
    'export.choose-folder': () => ({ folder: '/home/sam/Desktop/Episode 14' }),
    'export.start': ({ recordingId, tracks, mixdown }) => {
      if (!this.#recordings.some(({ id }) => id === recordingId)) return refused('not-a-recording');
      const running: ExportSnapshot = {
        id: 'e1',
        recordingId,
        state: 'running',
        fileCount: tracks.length + (mixdown ? 1 : 0),
        filesDone: 0,
        progress: 0,
        currentFile: '01-Mara.wav',
        folder: '/home/sam/Music/Tapedeck/exports',
        problem: null,
      };
      this.change({ exports: [running] });
      void this.#after(1200).then(() => {
        const done = { state: 'done', filesDone: running.fileCount, progress: 1 } as const;
        if (this.#snapshot.exports[0]?.state === 'running') {
          this.change({ exports: [{ ...running, ...done, currentFile: null }] });
        }
      });
      return OK;
    },
    'export.cancel': ({ exportId }) => {
      const { exports } = this.#snapshot;
      const isRunning = exports.some(({ id, state }) => id === exportId && state === 'running');
      if (!isRunning) return refused('bad-request');
      this.change({ exports: exports.map((one) => ({ ...one, state: 'cancelled' as const })) });
      return OK;
    },
    'export.show-in-folder': ({ exportId }) =>
      this.#snapshot.exports.some(({ id }) => id === exportId) ? OK : refused('bad-request'),
    'export.dismiss': ({ exportId }) => {
      this.change({ exports: this.#snapshot.exports.filter(({ id }) => id !== exportId) });
      return OK;
    },
    'text.open': () => OK,
    'link.open': () => OK,
  };
}
