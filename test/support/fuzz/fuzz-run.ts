import { toError } from '../../../main/base/errors.ts';
import { collectGarbage } from '../collect-garbage.ts';

/** What a fuzz run tried, with its outcomes. */
export interface FuzzReport {
  readonly kind: string;
  readonly seed: number;
  readonly tried: number;
  /** How often each outcome was reached: the coverage. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Inputs that threw, or broke a promise. */
  readonly throws: number;
  /** Inputs that took longer than `hangMs`, both in time and in CPU time. */
  readonly hangs: number;
  /** The first input that threw or hung. */
  readonly first: FailingInput | null;
  readonly slowestMs: number;
  /** Memory in use at the end, minus that after the first fifth. */
  readonly grownBytes: number;
}

/** An input, or a function that shows it when it fails. */
export type FuzzInput = Uint8Array | string | (() => string);

export interface FailingInput {
  /** Counted from 0; with the same seed it is the same input. */
  readonly index: number;
  /** The first 4096 bytes of the input. */
  readonly hex: string;
  readonly what: string;
}

/** An input that takes longer hangs. */
const HANG_MS = 1_000;

const SHOWN_BYTES = 4_096;

const INPUTS_A_STAMP = 256;

/** Tries one input after the other, and counts outcomes, throws and hangs. */
export class FuzzRun {
  readonly #kind: string;
  readonly #seed: number;
  readonly #count: number;
  readonly #hangMs: number;
  readonly #outcomes = new Map<string, number>();
  #tried = 0;
  #throws = 0;
  #hangs = 0;
  #first: FailingInput | null = null;
  #slowestMs = 0;
  /** CPU time of this process, read every 256 inputs, as reading it takes as long as an input. */
  #cpu = process.cpuUsage();
  #usedEarlyBytes: number | null = null;

  constructor(options: {
    readonly kind: string;
    readonly seed: number;
    readonly count: number;
    readonly hangMs?: number;
  }) {
    this.#kind = options.kind;
    this.#seed = options.seed;
    this.#count = options.count;
    this.#hangMs = options.hangMs ?? HANG_MS;
  }

  get goesOn(): boolean {
    return this.#tried < this.#count;
  }

  /** Inputs so far. */
  get tried(): number {
    return this.#tried;
  }

  /** Tries an input; `work` gives the name of its outcome, or null for none. */
  try(input: FuzzInput, work: () => string | null): void {
    const startedMs = performance.now();
    try {
      this.count(work());
    } catch (error) {
      this.fail(input, toError(error).stack ?? '');
    }
    this.#ended(input, startedMs);
  }

  /** Runs work that belongs to an input already counted: it may not throw or hang either. */
  attempt(input: FuzzInput, work: () => void): void {
    this.try(input, () => {
      work();
      return null;
    });
    this.#tried -= 1;
  }

  /** `try` for asynchronous work. */
  async tryLater(input: FuzzInput, work: () => Promise<string | null>): Promise<void> {
    const startedMs = performance.now();
    try {
      this.count(await work());
    } catch (error) {
      this.fail(input, toError(error).stack ?? '');
    }
    this.#ended(input, startedMs);
  }

  /** Counts an outcome. */
  count(outcome: string | null, times = 1): void {
    if (outcome === null || times === 0) return;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + times);
  }

  /** Reports a fault, caused by this input or by one before it. */
  fail(input: FuzzInput, what: string): void {
    this.#throws += 1;
    this.#remember(input, what);
  }

  report(): FuzzReport {
    const sorted = [...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      kind: this.#kind,
      seed: this.#seed,
      tried: this.#tried,
      outcomes: Object.fromEntries(sorted),
      throws: this.#throws,
      hangs: this.#hangs,
      first: this.#first,
      slowestMs: this.#slowestMs,
      grownBytes: this.#usedEarlyBytes === null ? 0 : usedBytes() - this.#usedEarlyBytes,
    };
  }

  #ended(input: FuzzInput, startedMs: number): void {
    const tookMs = performance.now() - startedMs;
    if (tookMs > this.#slowestMs) this.#slowestMs = tookMs;
    if (tookMs > this.#hangMs) this.#slow(input, tookMs);
    this.#tried += 1;
    if (this.#tried % INPUTS_A_STAMP === 0) this.#cpu = process.cpuUsage();
    if (this.#usedEarlyBytes === null && this.#tried === Math.ceil(this.#count / 5))
      this.#usedEarlyBytes = usedBytes();
  }

  /** Counts a hang, unless this process used little CPU time: then the machine was busy with something else. */
  #slow(input: FuzzInput, tookMs: number): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    if ((user + system) / 1_000 < this.#hangMs) return;
    this.#hangs += 1;
    this.#remember(input, `took ${tookMs.toFixed(0)} ms`);
  }

  #remember(input: FuzzInput, what: string): void {
    if (this.#first !== null) return;
    const shown = typeof input === 'function' ? input() : input;
    const hex = Buffer.from(shown).subarray(0, SHOWN_BYTES).toString('hex');
    this.#first = { index: this.#tried, hex, what };
  }
}

/** Memory in use after a garbage collection. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
