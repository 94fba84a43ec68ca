import type { Bridge } from '../../../preload/contract/bridge.ts';
import type {
  CommandInput,
  CommandName,
  CommandOutput,
} from '../../../preload/contract/commands.ts';
import { BAR_SAMPLES } from '../../../preload/contract/events.ts';
import { events } from '../../../preload/contract/event-schemas.ts';
import type { EventName, Events } from '../../../preload/contract/events.ts';
import type { ErrorCode } from '../../../preload/contract/error-codes.ts';
import type { RecordingSnapshot } from '../../../preload/contract/library.ts';
import type {
  ExportSnapshot,
  SessionSnapshot,
  Snapshot,
} from '../../../preload/contract/snapshot.ts';
import { answerCommand } from '../../../main/ipc/answer.ts';
import type { CommandHandlers } from '../../../main/ipc/commands.ts';
import { LibraryFeed } from '../../../main/ipc/library-feed.ts';
import type { Log } from '../../../main/base/log.ts';
import { isEncryptionScene, withEncryption, type EncryptionScene } from './encryption.ts';
import { isSilent } from './marks.ts';
import { scene, type SceneName } from './scenes.ts';
import { levelsAt } from './voices.ts';

const BATCH_MS = 50;
const BATCH_SAMPLES = 2400;

/** Bars sent at once when the page asks first: two minutes of tape. */
const HISTORY_BARS = 600;

const OK = { ok: true } as const;
const refused = (code: ErrorCode) => ({ ok: false, problem: { code, details: {} } }) as const;

/** A fault of a handler must fail the test. */
const log: Log = {
  error: (message, fields) => {
    throw new Error(`${message}: ${JSON.stringify(fields)}`);
  },
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => log,
};

/**
 * The border over a made-up engine in memory, so that the window runs in a plain browser. Commands are answered by the
 * code that answers them in main, and events are held to the contract's schemas and copied, as between two processes.
 */
export class FakeBridge implements Bridge {
  readonly #listeners: {
    readonly [Name in EventName]: Set<(payload: Events[Name]) => void>;
  } = { snapshot: new Set(), library: new Set(), levels: new Set() };
  readonly #timers = new Set<number>();
  readonly #library = new LibraryFeed();
  /** Every command that came, oldest first. */
  readonly calls: { readonly name: CommandName; readonly input: unknown }[] = [];
  #snapshot: Snapshot;
  #recordings: readonly RecordingSnapshot[];
  #samples: number;
  readonly #scene: SceneName;
  #sentBar = 0;

  constructor(name: SceneName) {
    const { snapshot, recordings, samples } = scene(name);
    this.#snapshot = snapshot;
    this.#recordings = recordings;
    this.#samples = samples;
    this.#scene = name;
    this.#sentBar = Math.max(0, Math.floor(samples / BAR_SAMPLES) - HISTORY_BARS);
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

  #send<Name extends EventName>(name: Name, payload: Events[Name]): void {
    events[name].parse(payload);
    for (const listener of this.#listeners[name]) listener(structuredClone(payload));
  }

  /** Changes the state as the engine would, and tells the page. */
  change(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#send('snapshot', this.#snapshot);
  }

  /** Another library, newest first: the page is told what of it is new. */
  changeLibrary(recordings: readonly RecordingSnapshot[]): void {
    this.#recordings = recordings;
    const change = this.#library.change(recordings);
    if (change !== null) this.#send('library', change);
  }

  /** Changes the recording under way. */
  changeSession(
    change: Partial<Extract<SessionSnapshot, { kind: 'recording' | 'stopping' }>>,
  ): void {
    const { session } = this.#snapshot;
    if (session.kind !== 'recording' && session.kind !== 'stopping') return;
    this.change({ session: { ...session, ...change } });
  }

  /** Lets the recording go on by that many samples at once. */
  advance(samples: number): void {
    this.#samples += samples;
    this.#sendLevels();
  }

  /** Lets time pass: levels 20 times a second, bytes once a second. */
  play(): void {
    this.#every(BATCH_MS, () => {
      const { kind } = this.#snapshot.session;
      if (kind === 'recording' || kind === 'stopping') this.advance(BATCH_SAMPLES);
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

  /** Half a minute in which the third speaker loses packets, then the outage. */
  #loseSome(): void {
    const { session } = this.#snapshot;
    if (session.kind !== 'recording') return;
    const { connection } = session;
    this.#samples -= 30 * 48_000;
    for (let second = 0; second < 23; second += 1) {
      this.advance(48_000);
      this.changeSession({
        connection: { kind: 'good' },
        speakers: session.speakers.map((one, index) => ({
          ...one,
          packets: one.packets + second * 50,
          lostPackets: index === 2 ? Math.floor(second * second * 0.11) : 0,
        })),
      });
    }
    this.changeSession({ connection });
    this.advance(7 * 48_000);
  }

  /** Five seconds in which some people's sound cannot be decrypted. */
  #loseKeys(name: EncryptionScene): void {
    const { session } = this.#snapshot;
    if (session.kind !== 'recording') return;
    for (let second = 0; second < 5; second += 1) {
      this.changeSession(withEncryption(session, name, second));
      this.advance(48_000);
    }
  }

  #every(ms: number, step: () => void): void {
    this.#timers.add(window.setInterval(step, ms));
  }

  #later(ms: number, step: () => void): void {
    this.#timers.add(window.setTimeout(step, ms));
  }

  #sendLevels(): void {
    const { session } = this.#snapshot;
    if (session.kind !== 'recording' && session.kind !== 'stopping') {
      this.#send('levels', { samples: this.#samples, speakers: [] });
      return;
    }
    const sceneBar = Math.floor(this.#samples / BAR_SAMPLES);
    const share = session.speakers.length > 8 ? 0.16 : 0.42;
    const voices = session.speakers.map(({ track, present, cannotDecrypt }, index) => ({
      track: (present && !cannotDecrypt) || this.#sentBar < sceneBar - 20 ? track : null,
      share,
      fromBar: index === 3 ? Math.max(0, sceneBar - 240) : 0,
    }));
    const batch = levelsAt(voices, this.#samples, this.#sentBar);
    this.#sentBar = sceneBar;
    const speakers = batch.speakers.map(({ track, peakDb, bars }) => ({
      track,
      peakDb: isSilent(session, sceneBar) ? -100 : peakDb,
      bars: bars.filter(([bar]) => !isSilent(session, bar)),
    }));
    this.#send('levels', { samples: this.#samples, speakers });
  }

  readonly #handlers: CommandHandlers = {
    'window.ready': () => {
      this.#send('library', this.#library.whole(this.#recordings));
      if (this.#scene === 'trouble') this.#loseSome();
      else this.change({});
      if (this.#samples > 0) this.#sendLevels();
      if (isEncryptionScene(this.#scene)) this.#loseKeys(this.#scene);
      return OK;
    },
    'account.sign-in': ({ token }) => {
      this.change({ account: { kind: 'signing-in', demo: false } });
      this.#later(300, () => {
        if (token.startsWith('wrong')) this.change(scene('token-wrong').snapshot);
        else this.change(scene('nothing-chosen').snapshot);
      });
      return OK;
    },
    'account.sign-out': () => {
      this.change(scene('signed-out').snapshot);
      return OK;
    },
    'demo.start': () => {
      this.change({ account: { kind: 'signing-in', demo: true } });
      this.#later(300, () => {
        const { snapshot } = scene('signed-in');
        const account = { ...snapshot.account, name: 'Demo Bot', demo: true };
        this.change({ ...snapshot, account });
      });
      return OK;
    },
    'channel.choose': ({ channelId }) => {
      this.change({ chosenChannelId: channelId });
      return OK;
    },
    'session.record': () => {
      this.change({ session: scene('joining').snapshot.session });
      this.#later(700, () => {
        if (this.#snapshot.session.kind !== 'joining') return;
        const { session } = scene('live').snapshot;
        if (session.kind !== 'recording') return;
        this.#samples = 0;
        this.#sentBar = 0;
        this.change({ session: { ...session, bytesWritten: 0, startedAtMs: Date.now() } });
      });
      return OK;
    },
    'session.cancel': () => {
      this.change({ session: { kind: 'idle', problem: null } });
      return OK;
    },
    'session.stop': () => {
      if (this.#snapshot.session.kind !== 'recording') return refused('busy');
      this.changeSession({ kind: 'stopping' });
      this.#later(500, () => {
        const [newest, ...others] = this.#recordings;
        this.change({ session: { kind: 'idle', problem: null } });
        this.changeLibrary(newest === undefined ? [] : [{ ...newest, id: 'live' }, ...others]);
      });
      return OK;
    },
    'session.pause': () => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      this.changeSession({ pausedAtSamples: session.pausedAtSamples ?? this.#samples });
      return OK;
    },
    'session.resume': () => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      const { pausedAtSamples: fromSamples, gaps } = session;
      if (fromSamples === null) return OK;
      const gap = { reason: 'pause', fromSamples, toSamples: this.#samples } as const;
      this.changeSession({ pausedAtSamples: null, gaps: [...gaps, gap] });
      return OK;
    },
    'session.mark': ({ note = '' }) => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      const marker = session.markers.length;
      const marked = { number: marker, samples: this.#samples, note };
      this.changeSession({ markers: [...session.markers, marked] });
      return { ok: true, marker };
    },
    'session.note-marker': ({ marker, note }) => {
      const { session } = this.#snapshot;
      if (session.kind !== 'recording') return refused('bad-request');
      const markers = session.markers.map((one) =>
        one.number === marker ? { ...one, note } : one,
      );
      this.changeSession({ markers });
      return OK;
    },
    'session.copy-code': () => OK,
    'diagnostics.copy': () => OK,
    'session.dismiss-problem': () => {
      this.change({ session: { kind: 'idle', problem: null } });
      return OK;
    },
    'recording.show-in-folder': () => OK,
    'library.show-folder': () => OK,
    'export.choose-folder': () => ({ folder: '/home/sam/Desktop/Episode 14' }),
    'export.start': (input) => {
      const running: ExportSnapshot = {
        id: 'e1',
        recordingId: input.recordingId,
        state: 'running',
        fileCount: input.tracks.length + (input.mixdown ? 1 : 0),
        filesDone: 0,
        progress: 0,
        currentFile: '01-Mara.wav',
        folder: '/home/sam/Music/Tapedeck/exports',
        problem: null,
      };
      this.change({ exports: [running] });
      this.#later(1200, () => {
        const done = { state: 'done', filesDone: running.fileCount, progress: 1 } as const;
        if (this.#snapshot.exports[0]?.state === 'running') {
          this.change({ exports: [{ ...running, ...done, currentFile: null }] });
        }
      });
      return OK;
    },
    'export.cancel': () => {
      const exports = this.#snapshot.exports.map((one) => ({
        ...one,
        state: 'cancelled' as const,
      }));
      this.change({ exports });
      return OK;
    },
    'export.show-in-folder': () => OK,
    'export.dismiss': ({ exportId }) => {
      this.change({ exports: this.#snapshot.exports.filter(({ id }) => id !== exportId) });
      return OK;
    },
    'link.open': () => OK,
  };
}
