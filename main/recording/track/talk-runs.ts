import { isTalk } from '../../audio/opus-silence.ts';

/** A stretch in which someone speaks: samples [from, to). */
export type TalkRun = readonly [number, number];

/** Pauses between words and sentences do not end a run: half a second. */
const PAUSE_SAMPLES = 24_000;

/** Beyond so many runs, longer pauses are bridged: what is drawn of half a day needs no more. */
const MOST_RUNS = 2_000;

/** Where someone speaks, from their packets in order: all but silence and what stands for lost frames. */
export class TalkRuns {
  /** From and to of each run; so large from the start, so that no recording needs more the longer it lasts. */
  readonly #bounds = new Float64Array(2 * (MOST_RUNS + 1));
  #count = 0;
  #pauseSamples = PAUSE_SAMPLES;

  add(at: { position: number; durationSamples: number; packet: Uint8Array }): void {
    if (!isTalk(at.packet)) return;
    this.#append(at.position, at.position + at.durationSamples);
    while (this.#count > MOST_RUNS) this.#thin();
  }

  /** In order of time, apart from each other by more than a pause. */
  runs(): readonly TalkRun[] {
    return Array.from({ length: this.#count }, (_, run) => [
      this.#at(2 * run),
      this.#at(2 * run + 1),
    ]);
  }

  /** Bridges longer pauses from here on, and in what there is. */
  #thin(): void {
    this.#pauseSamples *= 2;
    const count = this.#count;
    this.#count = 0;
    for (let run = 0; run < count; run += 1) this.#append(this.#at(2 * run), this.#at(2 * run + 1));
  }

  #append(from: number, to: number): void {
    const end = 2 * this.#count;
    if (this.#count > 0 && from - this.#at(end - 1) <= this.#pauseSamples) {
      this.#bounds[end - 1] = to;
      return;
    }
    this.#bounds[end] = Math.max(0, from);
    this.#bounds[end + 1] = to;
    this.#count += 1;
  }

  #at(bound: number): number {
    return this.#bounds[bound] ?? 0;
  }
}
