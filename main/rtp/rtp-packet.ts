import { uint16At, uint32At } from './big-endian.ts';
import { toRtpTimestamp } from './rtp-timestamp.ts';
import type { RtpTimestamp } from './rtp-timestamp.ts';

/** Payload type of Opus on Discord; video and everything else has others. */
export const OPUS_PAYLOAD_TYPE = 120;
/** Version, flags, payload type, sequence, timestamp and SSRC (RFC 3550 §5.1). */
export const FIXED_HEADER_BYTES = 12;
/** Profile and length in 32-bit words, in front of the header extension's body (RFC 3550 §5.3.1). */
export const EXTENSION_PREAMBLE_BYTES = 4;

/** The clear part of an encrypted RTP packet; what comes behind it is for a `TransportCipher`. */
export interface RtpPacket {
  /** The whole datagram: a cipher authenticates its header too. */
  readonly datagram: Uint8Array;
  readonly padding: boolean;
  readonly extension: boolean;
  readonly marker: boolean;
  readonly csrcCount: number;
  readonly payloadType: number;
  /** 16-bit, wraps. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  readonly ssrc: number;
  /** Fixed header, CSRC list and, with the X bit, the extension's preamble: what the rtpsize modes leave clear. */
  readonly headerBytes: number;
}

/**
 * Parses the header of an Opus packet (RFC 3550 §5.1). Null when it is not version 2, carries another payload type,
 * or ends within the header. The result refers to `datagram` and copies nothing.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |
 * |                     CSRC, CC times (0 to 15)                  |
 * |      profile (BE DE)          |  extension length in words    |  with the X bit
 */
export function parseRtpPacket(datagram: Uint8Array): RtpPacket | null {
  if (datagram.byteLength < FIXED_HEADER_BYTES) return null;
  const flagsAndType = uint16At(datagram, 0);
  const flags = flagsAndType >> 8;
  if (flags >> 6 !== 2) return null;
  const payloadType = flagsAndType & 0x7f;
  if (payloadType !== OPUS_PAYLOAD_TYPE) return null;
  const extension = (flags & 0x10) !== 0;
  const csrcCount = flags & 0x0f;
  const headerBytes =
    FIXED_HEADER_BYTES + 4 * csrcCount + (extension ? EXTENSION_PREAMBLE_BYTES : 0);
  if (datagram.byteLength < headerBytes) return null;
  return {
    datagram,
    padding: (flags & 0x20) !== 0,
    extension,
    marker: (flagsAndType & 0x80) !== 0,
    csrcCount,
    payloadType,
    sequence: uint16At(datagram, 2),
    timestamp: toRtpTimestamp(uint32At(datagram, 4)),
    ssrc: uint32At(datagram, 8),
    headerBytes,
  };
}
