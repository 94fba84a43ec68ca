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

/** The last bytes differ from packet to packet: an encrypted frame ends in its tag and nonce. */
const MARKED_BYTES = 16;

/** A 32-bit hash of a payload's length and last 16 bytes (FNV-1a): a copy that the network made has the same. */
export function markOf(payload: Uint8Array): number {
  let mark = 0x811c9dc5 ^ payload.byteLength;
  for (let at = Math.max(0, payload.byteLength - MARKED_BYTES); at < payload.byteLength; at += 1)
    mark = Math.imul(mark ^ (payload[at] ?? 0), 0x01000193);
  return mark >>> 0;
}
