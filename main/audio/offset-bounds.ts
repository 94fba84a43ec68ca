import type { Estimate } from './arrival-offsets.ts';

/** Talkspurts that can wait to be placed, and more. */
const KEPT = 64;

interface Bound {
  readonly sequence: number;
  readonly offsetSamples: number;
}

/**
 * Arrival minus RTP time, in samples, of packets of which it is only known that they arrived no later: they waited to be
 * read. Only the least of them says something, and each is kept only until a later one says more.
 */
export class OffsetBounds {
  /** In order of arrival, each higher than the one before. */
  readonly #bounds: Bound[] = [];

  add(sequence: number, offsetSamples: number): void {
    const higher = this.#bounds.findIndex((bound) => bound.offsetSamples >= offsetSamples);
    if (higher >= 0) this.#bounds.length = higher;
    this.#bounds.push({ sequence, offsetSamples });
    if (this.#bounds.length > KEPT) this.#bounds.shift();
  }

  /** The least from `fromSequence` on; null without any. */
  least(fromSequence: number): Estimate | null {
    const bound = this.#bounds.find(({ sequence }) => sequence >= fromSequence);
    return bound === undefined ? null : { offsetSamples: bound.offsetSamples, count: 1 };
  }
}
