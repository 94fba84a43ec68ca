import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toError } from '../../../main/base/errors.ts';

/** What a fuzz proof tried, and what became of it. */
export interface FuzzReport {
  readonly kind: string;
  readonly seed: number;
  readonly tried: number;
  /** How often each outcome was reached: the coverage. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Inputs that threw, or broke a promise. */
  readonly throws: number;
  /** Inputs that took longer than the proof allows, on the wall and on the processor. */
  readonly hangs: number;
  /** The first of both. */
  readonly first: FailingInput | null;
  readonly slowestMs: number;
  /** Memory in use at the end, over that after the first fifth. */
  readonly grownBytes: number;
}

/** An input, or how to show it should it fail. */
export type FuzzInput = Uint8Array | string | (() => string);

export interface FailingInput {
  /** Counted from 0: the same seed makes it again. */
  readonly index: number;
  /** Its beginning. */
  readonly hex: string;
  readonly what: string;
}

/** An input may cost that much by itself. */
const HANG_MS = 1_000;

const SHOWN_BYTES = 4_096;

const INPUTS_A_STAMP = 256;

/** Tries one input after the other, and keeps the books. */
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
  /** When the processor's time was last looked at, which costs as much as an input. */
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

  /** Gives an input to `work`, whose answer is what became of it. */
  try(input: FuzzInput, work: () => string | null): void {
    const startedMs = performance.now();
    try {
      this.count(work());
    } catch (error) {
      this.fail(input, toError(error).stack ?? '');
    }
    this.#ended(input, startedMs);
  }

  /** Work that follows from the input before it: it may not throw or hang either. */
  attempt(input: FuzzInput, work: () => void): void {
    this.try(input, () => {
      work();
      return null;
    });
    this.#tried -= 1;
  }

  /** The same for work that waits for the disk. */
  async tryLater(input: FuzzInput, work: () => Promise<string | null>): Promise<void> {
    const startedMs = performance.now();
    try {
      this.count(await work());
    } catch (error) {
      this.fail(input, toError(error).stack ?? '');
    }
    this.#ended(input, startedMs);
  }

  /** An outcome was reached. */
  count(outcome: string | null, times = 1): void {
    if (outcome === null || times === 0) return;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + times);
  }

  /** A promise was broken, by this input or by one before it. */
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

  /** On a busy machine a moment may be long without anything being done in it. */
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

let collect: (() => void) | null = null;

/** Memory in use when everything that is garbage is gone. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- what that flag puts into a new context
  collect ??= runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
