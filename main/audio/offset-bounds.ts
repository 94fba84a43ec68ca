import type { Estimate } from './arrival-offsets.ts';

/** Bounds kept: more than talkspurts can wait to be placed at a time. */
const KEPT = 64;

interface Bound {
  readonly sequence: number;
  readonly offsetSamples: number;
}

/**
 * Arrival minus RTP time, in samples, of packets that waited to be read: an upper bound for the offset, since such a
 * packet arrived no later than it was read. A bound is dropped when a later packet has a lower one.
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

  /** The lowest bound of packets from `fromSequence` up to, not including, `toSequence`; null without any. */
  least(fromSequence: number, toSequence = Infinity): Estimate | null {
    const bound = this.#bounds.find(
      ({ sequence }) => sequence >= fromSequence && sequence < toSequence,
    );
    return bound === undefined ? null : { offsetSamples: bound.offsetSamples, count: 1 };
  }
}
