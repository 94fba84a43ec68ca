import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FlightLog } from '../../main/base/flight-log.ts';
import { createLog } from '../../main/base/log.ts';
import { withLimit } from '../../main/base/wait.ts';
import { listRecordings, type RecordingInfo } from '../../main/recording/library.ts';
import type { SpeakerStyle } from '../../main/demo/talk/demo-people.ts';
import { type DemoServer, startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServerOptions } from '../../main/demo/start-demo-server.ts';
import { expectEventsToTell } from './folded-events.ts';
import { Engine, parseApiUrl, type RecordRequest } from '../../main/engine/engine.ts';
import type { Session } from '../../main/session/session.ts';
import type { SessionEvent, SessionEventName } from '../../main/session/session-event.ts';

/**
 * The four demo voices. Each starts at an offset at which, within 4 s, it talks, pauses for 0.3 to 1.7 s and talks
 * again.
 */
export const TALKERS: readonly SpeakerStyle[] = [
  { voice: 'maya', offsetFrames: 5556 },
  { voice: 'theo', offsetFrames: 2541 },
  { voice: 'priya', offsetFrames: 4291 },
  { voice: 'callum', offsetFrames: 5322 },
];

const WAIT_LIMIT_MS = 45_000;

export interface CallOptions extends Omit<DemoServerOptions, 'speakers'> {
  /** Who talks from the start. */
  readonly talkers?: readonly SpeakerStyle[];
  /** A normal voice channel is encrypted from end to end, a stage is not. */
  readonly where?: 'voice' | 'stage';
  /** Takes notes of what passes. */
  readonly flight?: FlightLog;
  /** `kept`: the engine has a settings folder, in the library. */
  readonly settings?: 'kept' | 'none';
}

type EventOf<Name extends SessionEventName> = Extract<SessionEvent, { event: Name }>;

/** From one moment to another on the sent log's clock. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A demo server, an engine that is signed in there, and an empty library. Disposing ends and deletes all three. */
export class Call implements AsyncDisposable {
  readonly demo: DemoServer;
  readonly engine: Engine;
  readonly library: string;
  /** Id of the channel where the talkers are, which `record` records unless told otherwise. */
  readonly channelId: string;
  /** Session events of all recordings, oldest first. */
  readonly events: SessionEvent[] = [];
  /** When each event was heard, on the sent log's clock. */
  readonly #atMs = new Map<SessionEvent, number>();
  /** Lines that the engine logged as errors; empty in a good run. */
  readonly faults: string[] = [];
  readonly #changes = new Set<() => void>();
  /** When `stop` was asked for, on the sent log's clock. */
  #stopMs = NaN;

  static async start({
    talkers = TALKERS,
    where = 'stage',
    flight,
    settings = 'none',
    ...options
  }: CallOptions = {}): Promise<Call> {
    const demo = await startDemoServer({ speakers: 0, ...options });
    const channel = demo.setting.channels[where];
    for (const style of talkers) demo.people.add(channel, style);
    const library = await mkdtemp(path.join(tmpdir(), 'tapedeck-call-'));
    const call = new Call(demo, { library, channelId: channel.id, flight, settings });
    await call.engine.signIn({ token: demo.token, apiUrl: parseApiUrl(demo.apiUrl) });
    return call;
  }

  private constructor(
    demo: DemoServer,
    {
      library,
      channelId,
      flight,
      settings,
    }: {
      readonly library: string;
      readonly channelId: string;
      readonly flight: FlightLog | undefined;
      readonly settings: 'kept' | 'none';
    },
  ) {
    this.demo = demo;
    this.library = library;
    this.channelId = channelId;
    const log = createLog('error', (_, line) => this.faults.push(line), 'tapedeck', flight);
    this.engine = new Engine({
      libraryFolder: library,
      appVersion: '0.0.0',
      log,
      ...(settings === 'none' ? {} : { settingsFolder: path.join(library, 'settings') }),
    });
    this.engine.onChange(() => this.#tell());
  }

  record(change: Partial<RecordRequest> = {}, signal?: AbortSignal): Promise<Session> {
    const onEvent = (event: SessionEvent): void => {
      this.#atMs.set(event, nowMs());
      this.events.push(event);
      this.#tell();
    };
    const request: RecordRequest = {
      channelId: this.channelId,
      notice: 'none',
      onEvent,
      ...change,
    };
    return this.engine.record(request, signal);
  }

  all<Name extends SessionEventName>(name: Name): EventOf<Name>[] {
    return this.events.filter((event): event is EventOf<Name> => isOf(event, name));
  }

  /** When that event was heard, on the sent log's clock; NaN for one that was not. */
  whenMs(event: SessionEvent): number {
    return this.#atMs.get(event) ?? NaN;
  }

  /** The time in which every packet sent must be on disk: from `joined` to `stop`, on the sent log's clock. */
  get window(): Window {
    const joined = this.all('joined').at(-1);
    if (joined === undefined) throw new Error('no recording');
    return { fromMs: this.whenMs(joined), toMs: this.#stopMs };
  }

  /** Stops the recording once the packets sent before this call have been received. */
  async stop(session: Session, reason: 'user' | 'duration' = 'user'): Promise<EventOf<'stopped'>> {
    this.#stopMs = nowMs();
    // A round of the event loop reads up to 32 datagrams of a socket: 50 rounds read 1600.
    for (let round = 0; round < 50; round += 1) await setImmediate();
    return session.stop(reason);
  }

  /** The first event of that name that fulfils the condition; waits for it. */
  event<Name extends SessionEventName>(
    name: Name,
    isIt: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    return this.until(`event ${name}`, () => this.all(name).find(isIt));
  }

  /** Waits for what `find` gives, asked again after every event and change, and every 20 ms. Rejects after 45 s. */
  until<T>(what: string, find: () => T | undefined | false): Promise<T> {
    const seen = (): string => this.events.map(({ event }) => event).join(' ');
    const onLimit = (): Error => new Error(`waited in vain for ${what}; there were: ${seen()}`);
    return withLimit({ limitMs: WAIT_LIMIT_MS, onLimit }, async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        const found = find();
        if (found !== undefined && found !== false) return found;
        await this.#change();
      }
    });
  }

  /** Waits until the recording is `seconds` long. */
  length(session: Session, seconds: number): Promise<true> {
    return this.until(
      `${String(seconds)} s`,
      () => session.samples >= seconds * 48_000 || undefined,
    );
  }

  /** The recordings of the library, read from disk. */
  recordings(): Promise<RecordingInfo[]> {
    return listRecordings(this.library);
  }

  /** Names of the recordings' folders in the library. */
  async folders(): Promise<string[]> {
    return readdir(this.library);
  }

  /** Also asserts, of every recording, that its events fold to its manifest. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.demo.close();
    for (const { folder } of await this.recordings()) await expectEventsToTell(folder);
    await rm(this.library, { recursive: true, force: true });
    await rm(path.dirname(this.demo.caFile), { recursive: true, force: true });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#changes.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, 20);
      this.#changes.add(wake);
    });
  }

  #tell(): void {
    for (const wake of [...this.#changes]) wake();
  }
}

function isOf<Name extends SessionEventName>(
  event: SessionEvent,
  name: Name,
): event is EventOf<Name> {
  return event.event === name;
}

/** Now, on the sent log's clock: milliseconds since 1970, which a change of the wall clock does not move. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
