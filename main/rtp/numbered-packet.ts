import type { Arrival } from './arrival.ts';
import type { RtpTimestamp } from './rtp-timestamp.ts';

/** What tells one packet of an SSRC from another. */
export interface NumberedPacket {
  /** 16 bits, as on the wire. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  readonly payload: Uint8Array;
  readonly arrival: Arrival;
}

/**
 * A 32-bit hash of a payload's length and last 12 bytes, which a copy that the network made has too. They differ from
 * packet to packet: an encrypted frame ends in its tag and nonce.
 */
export function markOf(payload: Uint8Array): number {
  const end = payload.byteLength;
  const mark = wordBefore(payload, end) ^ Math.imul(wordBefore(payload, end - 4), 0x01000193);
  return (Math.imul(mark, 0x01000193) ^ wordBefore(payload, end - 8) ^ end) >>> 0;
}

/** The 4 bytes before `end` as a 32-bit number; bytes that are not there are 0. */
function wordBefore(bytes: Uint8Array, end: number): number {
  if (end < 4) return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16);
  return (
    (bytes[end - 4] ?? 0) |
    ((bytes[end - 3] ?? 0) << 8) |
    ((bytes[end - 2] ?? 0) << 16) |
    ((bytes[end - 1] ?? 0) << 24)
  );
}
