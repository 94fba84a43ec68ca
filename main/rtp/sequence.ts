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
