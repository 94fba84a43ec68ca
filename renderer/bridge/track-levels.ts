import { BAR_SAMPLES, KEPT_BARS, type Loss } from '../../preload/contract/events.ts';

/** A peak above this is talk: the lowest level of the meter. */
const TALK_DB = -60;

/** Batches with talk in a row that make somebody a speaker: 100 ms. */
const TALKING_BATCHES = 2;

/** Silence after which somebody no longer speaks: 400 ms of 48 kHz. */
const HANGOVER_SAMPLES = 19_200;

/** What is known of one speaker's sound: recent bars and losses, the level now, and whether they speak. */
export class TrackLevels {
  readonly #numbers = new Int32Array(KEPT_BARS).fill(-1);
  readonly #peaks = new Float32Array(KEPT_BARS);
  /** By bar, in the slot of its number. */
  readonly #losses = new Map<number, Loss>();
  #firstBar: number | null = null;
  #batches = 0;
  #lastTalk: number | null = null;
  #speaking = false;
  #peakDb = -100;

  /** First bar that came; before it there is nothing on the tape. */
  get firstBar(): number | null {
    return this.#firstBar;
  }

  /** Peak of the last batch in dBFS. */
  get peakDb(): number {
    return this.#peakDb;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** Samples from sample 0 to the end of the last talking; null when this speaker has not been heard. */
  get lastTalkSamples(): number | null {
    return this.#lastTalk;
  }

  /** Peak of that bar in dBFS; null when nothing arrived in it or it is too old. */
  barAt(number: number): number | null {
    const slot = number % KEPT_BARS;
    return number >= 0 && this.#numbers[slot] === number ? (this.#peaks[slot] ?? null) : null;
  }

  /** What was lost in that bar; null when nothing was, or it is too old. */
  lossAt(bar: number): Loss | null {
    const loss = this.#losses.get(bar % KEPT_BARS);
    return loss?.bar === bar ? loss : null;
  }

  /** Takes losses; each has all losses of its bar. */
  lose(losses: readonly Loss[]): void {
    for (const loss of losses) this.#losses.set(loss.bar % KEPT_BARS, loss);
  }

  keep(bars: readonly (readonly [number, number])[], samples: number): void {
    for (const [number, peakDb] of bars) {
      const slot = number % KEPT_BARS;
      this.#numbers[slot] = number;
      this.#peaks[slot] = peakDb;
      this.#firstBar = Math.min(this.#firstBar ?? number, number);
      if (peakDb > TALK_DB) {
        const end = Math.min((number + 1) * BAR_SAMPLES, samples);
        this.#lastTalk = Math.max(this.#lastTalk ?? 0, end);
      }
    }
  }

  /** Takes the peak since the last batch, which ended at `samples`. */
  hear(peakDb: number, samples: number): void {
    this.#peakDb = peakDb;
    if (peakDb > TALK_DB) {
      this.#batches += 1;
      this.#lastTalk = samples;
      if (this.#batches >= TALKING_BATCHES) this.#speaking = true;
    } else {
      this.#batches = 0;
      if (samples - (this.#lastTalk ?? 0) >= HANGOVER_SAMPLES) this.#speaking = false;
    }
  }
}
