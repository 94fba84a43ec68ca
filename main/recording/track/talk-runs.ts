import { isTalk } from '../../audio/opus-silence.ts';

/** A stretch in which someone speaks: samples [from, to). */
export type TalkRun = [fromSamples: number, toSamples: number];

/** A shorter pause, half a second between words and sentences, does not end a run. */
const PAUSE_SAMPLES = 24_000;

/** Runs that are told of one track: half a day of sentences. */
export const MOST_RUNS = 10_000;

/** So many runs are kept before the shortest pauses are joined. */
const KEPT_RUNS = 2 * MOST_RUNS;

const FIRST_CAPACITY = 256;

/** Where someone speaks, from their packets in order: all but silence and what stands for lost frames. */
export class TalkRuns {
  /** From and to of each run; grows up to `KEPT_RUNS`. */
  #bounds = new Float64Array(2 * FIRST_CAPACITY);
  #count = 0;

  /** At most 20,000 runs in order of time. */
  static of(given: readonly TalkRun[]): TalkRuns {
    const runs = new TalkRuns();
    runs.#bounds = Float64Array.from(given.flat());
    runs.#count = given.length;
    return runs;
  }

  /** Runs so far, before the shortest pauses are joined. */
  get count(): number {
    return this.#count;
  }

  add(at: { position: number; durationSamples: number; packet: Uint8Array }): void {
    if (!isTalk(at.packet)) return;
    const [from, to] = [Math.max(0, at.position), at.position + at.durationSamples];
    const end = 2 * this.#count;
    if (this.#count > 0 && from - this.#at(end - 1) < PAUSE_SAMPLES) {
      this.#bounds[end - 1] = to;
      return;
    }
    if (end === this.#bounds.length) this.#grow();
    this.#bounds[2 * this.#count] = from;
    this.#bounds[2 * this.#count + 1] = to;
    this.#count += 1;
  }

  /** At most `most`, in order of time and within [0, `samples`); past that number the shortest pauses are joined. */
  runs(samples = Infinity, most = MOST_RUNS): TalkRun[] {
    if (this.#count > most) this.#joinShortest(most);
    const runs: TalkRun[] = [];
    for (let run = 0; run < this.#count; run += 1) {
      const [from, to] = [this.#at(2 * run), Math.min(this.#at(2 * run + 1), samples)];
      if (from < to) runs.push([from, to]);
    }
    return runs;
  }

  #grow(): void {
    if (this.#count === KEPT_RUNS) return this.#joinShortest(MOST_RUNS);
    const grown = new Float64Array(Math.min(2 * this.#bounds.length, 2 * KEPT_RUNS));
    grown.set(this.#bounds);
    this.#bounds = grown;
  }

  /**
   * Keeps the longest pauses, one less than `most`. A pause that is not among them is not among the longest of more runs either, so it
   * may go before those runs are known.
   */
  #joinShortest(most: number): void {
    const pauses = new Float64Array(this.#count - 1);
    for (let run = 1; run < this.#count; run += 1) pauses[run - 1] = this.#pauseBefore(run);
    const sorted = pauses.toSorted();
    const longest = sorted.subarray(sorted.length - (most - 1));
    const least = longest[0] ?? Infinity;
    let leastCount = longest.lastIndexOf(least) + 1;
    let count = 1;
    for (let run = 1; run < this.#count; run += 1) {
      const pause = pauses[run - 1] ?? 0;
      const isKept = pause > least || (pause === least && leastCount-- > 0);
      const to = this.#at(2 * run + 1);
      if (isKept) {
        this.#bounds[2 * count] = this.#at(2 * run);
        count += 1;
      }
      this.#bounds[2 * count - 1] = to;
    }
    this.#count = count;
  }

  #pauseBefore(run: number): number {
    return this.#at(2 * run) - this.#at(2 * run - 1);
  }

  #at(bound: number): number {
    return this.#bounds[bound] ?? 0;
  }
}
