import { EXTENSION_PREAMBLE_BYTES, FIXED_HEADER_BYTES, OPUS_PAYLOAD_TYPE } from './rtp-packet.ts';
import type { RtpTimestamp } from './rtp-timestamp.ts';

/** Everything of an RTP packet but its payload. The P, X and CC fields follow from what is present. */
export interface RtpFields {
  /** Taken modulo 2¹⁶. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  readonly ssrc: number;
  /** Opus (120) when absent. */
  readonly payloadType?: number;
  readonly marker?: boolean;
  /** At most 15. */
  readonly csrcs?: readonly number[];
  /** Elements of the one-byte form (RFC 8285 §4.2), whole 32-bit words; empty sets X with a length of 0. */
  readonly extensionBody?: Uint8Array;
  /** 1 to 255, the count byte included: sets P (RFC 3550 §5.1). */
  readonly paddingBytes?: number;
}

/** Length of the header that the rtpsize modes leave clear: up to and with the extension's preamble. */
export function rtpHeaderBytes(fields: RtpFields): number {
  const csrcBytes = 4 * (fields.csrcs?.length ?? 0);
  const preambleBytes = fields.extensionBody === undefined ? 0 : EXTENSION_PREAMBLE_BYTES;
  return FIXED_HEADER_BYTES + csrcBytes + preambleBytes;
}

/**
 * A whole unencrypted RTP packet (RFC 3550 §5.1; extension RFC 8285 §4.2, profile BE DE):
 * header, CSRCs, preamble, extension body, payload, padding. Throws on fields that do not fit their place.
 */
export function writeRtpPacket(fields: RtpFields, payload: Uint8Array): Uint8Array {
  const { csrcs = [], extensionBody, paddingBytes = 0, payloadType = OPUS_PAYLOAD_TYPE } = fields;
  const extensionBytes = extensionBody?.byteLength ?? 0;
  if (csrcs.length > 15) throw new Error(`${String(csrcs.length)} CSRCs, at most 15 fit`);
  if (extensionBytes % 4 !== 0) {
    throw new Error(`extension body of ${String(extensionBytes)} bytes is not whole words`);
  }
  if (paddingBytes > 255) throw new Error(`${String(paddingBytes)} padding bytes, at most 255 fit`);

  const bodyAt = rtpHeaderBytes(fields);
  const payloadAt = bodyAt + extensionBytes;
  const packet = new Uint8Array(payloadAt + payload.byteLength + paddingBytes);
  const view = new DataView(packet.buffer);
  const padding = paddingBytes > 0 ? 0x20 : 0;
  const extension = extensionBody === undefined ? 0 : 0x10;
  view.setUint8(0, 0x80 | padding | extension | csrcs.length); // V=2, P, X, CC
  view.setUint8(1, (fields.marker === true ? 0x80 : 0) | payloadType); // M, PT
  view.setUint16(2, fields.sequence);
  view.setUint32(4, fields.timestamp);
  view.setUint32(8, fields.ssrc);
  csrcs.forEach((csrc, index) => view.setUint32(FIXED_HEADER_BYTES + 4 * index, csrc));
  if (extensionBody !== undefined) {
    view.setUint16(bodyAt - 4, 0xbede); // Profile of the one-byte form
    view.setUint16(bodyAt - 2, extensionBytes / 4); // Length in words
    packet.set(extensionBody, bodyAt);
  }
  packet.set(payload, payloadAt);
  if (paddingBytes > 0) view.setUint8(packet.byteLength - 1, paddingBytes);
  return packet;
}
