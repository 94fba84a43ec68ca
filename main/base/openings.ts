import type { Clock } from './clock.ts';

/** What a key opened so far. */
export interface Opened {
  readonly openedCount: number;
  readonly refusedCount: number;
  /** When the last one was opened, monotonic; null before the first. */
  readonly openedAtMs: number | null;
}

/** Counts what opens and what does not. */
export class Openings {
  readonly #clock: Clock;
  #sum: Opened = { openedCount: 0, refusedCount: 0, openedAtMs: null };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get sum(): Opened {
    return this.#sum;
  }

  /** Counts `opened`, which is null when no key fits, and gives it back. */
  note<Content>(opened: Content | null): Content | null {
    const { openedCount, refusedCount } = this.#sum;
    this.#sum =
      opened === null
        ? { ...this.#sum, refusedCount: refusedCount + 1 }
        : { openedCount: openedCount + 1, refusedCount, openedAtMs: this.#clock.monotonicMs() };
    return opened;
  }
}
