import { toRtpTimestamp } from './rtp-timestamp.ts';
import type { RtpTimestamp } from './rtp-timestamp.ts';

/** How many packets `later` comes after `earlier`, both 16-bit: −32768 to 32767, negative when it comes before. */
export function sequenceDistance(later: number, earlier: number): number {
  return ((later - earlier) << 16) >> 16;
}

/** How many samples `later` lies after `earlier`: −2³¹ to 2³¹ − 1, negative when it lies before. */
export function timestampDistance(later: RtpTimestamp, earlier: RtpTimestamp): number {
  return (later - earlier) | 0;
}

/** The timestamp that many samples later (or earlier, when negative), across the wrap. */
export function advanceTimestamp(timestamp: RtpTimestamp, samples: number): RtpTimestamp {
  return toRtpTimestamp(timestamp + samples);
}

/**
 * Makes plain integers of one SSRC's 16-bit sequence numbers, so that nothing behind it knows of the wrap.
 * Each number is read as the nearest one to the highest seen, so reordering and up to 32767 losses are safe.
 */
export class SequenceUnwrapper {
  #highest: number | null = null;

  /** The extended number: the first one is returned as it is; one that precedes the first 0 is negative. */
  unwrap(sequence16: number): number {
    if (this.#highest === null) return (this.#highest = sequence16);
    const extended = this.#highest + sequenceDistance(sequence16, this.#highest);
    if (extended > this.#highest) this.#highest = extended;
    return extended;
  }
}
