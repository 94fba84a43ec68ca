import { uint16At } from './big-endian.ts';
import { EXTENSION_PREAMBLE_BYTES } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';

const NOTHING = new Uint8Array(0);

/**
 * Payload of an rtpsize mode's plain text, which begins with the extension's body; the body's length in words is in
 * the clear header. Empty when nothing is left, or when extension or padding claim more bytes than there are.
 */
export function payloadAfterClearHeader(packet: RtpPacket, plain: Uint8Array): Uint8Array {
  const { datagram, extension, headerBytes } = packet;
  return cutPadding(packet, plain, extension ? 4 * uint16At(datagram, headerBytes - 2) : 0);
}

/**
 * Payload of an older mode's plain text, which holds everything behind the first 12 bytes: CSRCs and the whole
 * extension come first. Empty when nothing is left, or when extension or padding claim more bytes than there are.
 */
export function payloadAfterFixedHeader(packet: RtpPacket, plain: Uint8Array): Uint8Array {
  const csrcBytes = 4 * packet.csrcCount;
  if (!packet.extension) return cutPadding(packet, plain, csrcBytes);
  const bodyAt = csrcBytes + EXTENSION_PREAMBLE_BYTES;
  if (plain.byteLength < bodyAt) return NOTHING;
  return cutPadding(packet, plain, bodyAt + 4 * uint16At(plain, bodyAt - 2));
}

/** The last byte of padding is the number of padding bytes, itself included (RFC 3550 §5.1). */
function cutPadding(packet: RtpPacket, plain: Uint8Array, payloadAt: number): Uint8Array {
  let end = plain.byteLength;
  if (end <= payloadAt) return NOTHING;
  if (packet.padding) {
    const paddingBytes = plain[end - 1] ?? 0;
    if (paddingBytes === 0) return NOTHING;
    end -= paddingBytes;
    if (end <= payloadAt) return NOTHING;
  }
  return payloadAt === 0 && end === plain.byteLength ? plain : plain.subarray(payloadAt, end);
}

/**
 * True for a payload without audio: no bytes, zeros alone, or zeros and one other byte, which is padding that its sender
 * did not cut (observed from voice servers). One byte that is not zero is an Opus packet of its own.
 */
export function isEmptyPayload(payload: Uint8Array): boolean {
  let others = payload.byteLength === 1 ? 1 : 0;
  for (const byte of payload) {
    if (byte !== 0) others += 1;
    if (others > 1) return false;
  }
  return true;
}
