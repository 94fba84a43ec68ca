import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type {
  FlightFacts,
  FlightKind,
  FlightLog,
  PacketFate,
  Step,
  StepFacts,
} from '../base/flight-log.ts';
import { noFlight } from '../base/flight-log.ts';
import { buildFacts } from './build-facts.ts';
import { FlightFile, flightFolder, type FlightFileOptions } from './flight-file.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { StepTrail } from './step-trail.ts';
import { labelOf, Summaries } from './summaries.ts';
import { Traffic } from './traffic.ts';

const SECOND_MS = 1_000;
const COUNTERS_SECONDS = 10;

/** Above what a large server sends in its busiest second; more is counted, so that a flood costs nothing. */
const LINES_A_SECOND = 300;

/** Frames sent that are told again when a connection ends. */
const LAST_SENT = 3;

/** Wall clock and monotonic clock drift apart by less in a second. */
const CLOCK_JUMP_MS = 500;

/** A delay of the event loop that is worth a line while no packets come. */
const LAG_MS = 250;

const NANOSECONDS = 1e6;

interface Sent {
  readonly op: unknown;
  readonly atMs: number;
}

/**
 * Notes what passes between Discord and us in a bounded file of JSON lines, one a run: `{ ms, kind, … }`, `ms` since
 * the run began. Tokens, keys, names, texts and sound are in none of them. A fault of the recorder ends its notes, and
 * nothing else.
 */
export class FlightRecorder implements FlightLog, AsyncDisposable {
  readonly #file: FlightFile;
  readonly #names = new Pseudonyms();
  readonly #summaries = new Summaries(this.#names);
  readonly #steps = new StepTrail();
  readonly #startedAtMs = performance.now();
  readonly #lag: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  readonly #timer: NodeJS.Timeout;
  readonly #lastSent: Record<'gateway' | 'voice', Sent[]> = { gateway: [], voice: [] };
  #traffic = this.#newTraffic();
  #keepalive: FlightFacts | null = null;
  /** Whether one was sent since counters were told last. */
  #hasKeepalive = false;
  #aheadMs = Date.now() - performance.now();
  #clockJumpMs = 0;
  #linesThisSecond = 0;
  #untold = 0;
  #secondsToCounters = COUNTERS_SECONDS;
  #isBroken = false;

  /** Notes go to files of their own in `flightFolder(logs)`, which need not exist. */
  constructor(logs: string, appVersion: string, options?: FlightFileOptions) {
    const startedAt = new Date();
    this.#file = new FlightFile(flightFolder(logs), startedAt, options);
    this.#guard(() =>
      this.#write('run', { startedAt: startedAt.toISOString(), ...buildFacts(appVersion) }),
    );
    this.#lag.enable();
    this.#timer = setInterval(() => this.#guard(() => this.#second()), SECOND_MS).unref();
  }

  note(kind: FlightKind, facts: FlightFacts): void {
    this.#guard(() => {
      this.#follow(kind, facts);
      if (kind === 'keepalive') {
        const { sentCount, echoedCount, roundTripMs } = facts;
        this.#keepalive = { sentCount, echoedCount, roundTripMs };
        this.#hasKeepalive = true;
        return;
      }
      if (!this.#mayWrite()) return;
      const summary = this.#summaries.of(kind, facts);
      if (summary !== null) this.#write(kind, { ...summary, ...this.#sentBefore(kind) });
    });
  }

  step(step: Step): void {
    this.#guard(() => {
      this.#steps.take(step, this.#nowMs());
      this.#write('step', { ...step });
    });
  }

  datagram(datagram: Uint8Array, kind: string): void {
    if (this.#isBroken) return;
    try {
      this.#traffic.datagram(datagram, kind, this.#nowMs());
    } catch {
      this.#isBroken = true;
    }
  }

  packet(fate: PacketFate, bytes: Uint8Array, why?: string | null): void {
    if (this.#isBroken) return;
    try {
      this.#traffic.packet(fate, bytes, why);
    } catch {
      this.#isBroken = true;
    }
  }

  failure(code: string): StepFacts {
    let stood = noFlight.failure(code);
    this.#guard(() => {
      stood = this.#steps.stand(this.#nowMs());
      this.#write('failure', { code, ...stood });
      this.#tellCounters();
    });
    return stood;
  }

  /** Resolves when every note so far is on the disk, or refused by it. */
  flush(): Promise<void> {
    this.#guard(() => this.#tellCounters());
    return this.#file.flush();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#lag.disable();
    await this.flush();
    this.#isBroken = true; // nothing is noted behind the end
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What a note changes here: steps, the frames sent last, whose an SSRC is, and where a voice session begins. */
  #follow(kind: FlightKind, facts: FlightFacts): void {
    if (kind === 'rest') return this.#steps.arrived(`REST ${String(facts['template'])}`);
    if (kind === 'discovery') return this.#steps.arrived('discovery answer');
    if (kind === 'gateway-end' || kind === 'voice-end')
      return this.#steps.arrived(`${kind} ${String(facts['code'] ?? facts['why'])}`);
    if (kind !== 'gateway' && kind !== 'voice') return;
    if (facts['way'] === 'in') {
      this.#steps.arrived(`${kind} ${labelOf(facts)}`);
      this.#followNames(facts);
      return;
    }
    const op =
      kind === 'voice' ? facts['op'] : Number(/^\{"op":(\d+)/.exec(String(facts['text']))?.[1]);
    if (kind === 'voice' && op === 0) this.#beginVoiceSession();
    const sent = this.#lastSent[kind];
    sent.push({ op, atMs: this.#nowMs() });
    if (sent.length > LAST_SENT) sent.shift();
  }

  #followNames({ frame }: FlightFacts): void {
    if (typeof frame !== 'object' || frame === null || !('message' in frame)) return;
    const { message } = frame;
    if (typeof message !== 'object' || message === null || !('ssrc' in message)) return;
    if (!('kind' in message) || message.kind !== 'ssrc-named' || !('op' in frame)) return;
    this.#traffic.name(Number(message.ssrc), Number(frame.op), this.#nowMs());
  }

  #sentBefore(kind: FlightKind): FlightFacts {
    if (kind !== 'gateway-end' && kind !== 'voice-end') return {};
    const sent = this.#lastSent[kind === 'voice-end' ? 'voice' : 'gateway'];
    const nowMs = this.#nowMs();
    return { lastSent: sent.map(({ op, atMs }) => ({ op, agoMs: Math.round(nowMs - atMs) })) };
  }

  #beginVoiceSession(): void {
    this.#tellCounters();
    this.#traffic = this.#newTraffic();
    this.#keepalive = null;
  }

  #newTraffic(): Traffic {
    return new Traffic(this.#names, (facts) => this.#write('refused', facts));
  }

  #second(): void {
    this.#traffic.second();
    this.#linesThisSecond = 0;
    const aheadMs = Date.now() - performance.now();
    if (Math.abs(aheadMs - this.#aheadMs) > CLOCK_JUMP_MS)
      this.#clockJumpMs += aheadMs - this.#aheadMs;
    this.#aheadMs = aheadMs;
    this.#secondsToCounters -= 1;
    if (this.#secondsToCounters <= 0) this.#tellCounters();
  }

  #tellCounters(): void {
    this.#secondsToCounters = COUNTERS_SECONDS;
    const traffic = this.#traffic.take();
    const lagMs = this.#lag.max / NANOSECONDS;
    const clockJumpMs = Math.round(this.#clockJumpMs);
    const isQuiet = traffic === null && !this.#hasKeepalive && clockJumpMs === 0;
    if (isQuiet && lagMs < LAG_MS && this.#untold === 0) return;
    this.#hasKeepalive = false;
    this.#write('counters', {
      ...traffic,
      keepalive: this.#keepalive,
      lag: { mostMs: Math.round(lagMs), meanMs: Math.round(this.#lag.mean / NANOSECONDS) || 0 },
      ...(clockJumpMs === 0 ? {} : { clockJumpMs }),
      untold: this.#untold + this.#file.dropped,
    });
    this.#lag.reset();
    this.#clockJumpMs = 0;
    this.#untold = 0;
  }

  #mayWrite(): boolean {
    this.#linesThisSecond += 1;
    if (this.#linesThisSecond <= LINES_A_SECOND) return true;
    this.#untold += 1;
    return false;
  }

  #write(kind: string, facts: FlightFacts): void {
    this.#file.push(JSON.stringify({ ms: Math.round(this.#nowMs()), kind, ...facts }));
  }

  #nowMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** What is wrong with a note costs that note. */
  #guard(work: () => void): void {
    if (this.#isBroken) return;
    try {
      work();
    } catch {
      this.#untold += 1;
    }
  }
}
