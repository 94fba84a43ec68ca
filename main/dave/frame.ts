const TAG_BYTES = 8;
const MARKER = 0xfa;
const FOOTER_BYTES = 3; // size, FA, FA
const SUPPLEMENT_BYTES_AT_LEAST = TAG_BYTES + FOOTER_BYTES;
/** A ULEB128 of 64 bits: nine bytes of seven, and one with a single bit. */
const ULEB128_BYTES_AT_MOST = 10;

/**
 * True for bytes laid out as an encrypted frame (DAVE protocol, "protocol frame check"); no key is needed, so an Opus
 * packet may look like one by chance.
 *
 *     | ciphertext | tag 8 | nonce ULEB128 | ranges: ULEB128 offset, size … | supplement size u8 | FA FA |
 *
 * The supplement is all but the ciphertext; Opus frames have no unencrypted ranges.
 */
export function isProtocolFrame(frame: Uint8Array): boolean {
  const { byteLength } = frame;
  if (byteLength < SUPPLEMENT_BYTES_AT_LEAST) return false;
  if (frame[byteLength - 1] !== MARKER || frame[byteLength - 2] !== MARKER) return false;
  const supplementBytes = frame[byteLength - FOOTER_BYTES] ?? 0;
  if (supplementBytes < SUPPLEMENT_BYTES_AT_LEAST || supplementBytes > byteLength) return false;
  const end = byteLength - FOOTER_BYTES;
  const nonce = readUleb128(frame, byteLength - supplementBytes + TAG_BYTES, end);
  return nonce !== null && areRangesSane(frame, nonce.next, end);
}

/** Ascending, apart from each other, and inside the frame. */
function areRangesSane(frame: Uint8Array, from: number, end: number): boolean {
  let at = from;
  let freeFrom = 0;
  while (at < end) {
    const offset = readUleb128(frame, at, end);
    const size = offset === null ? null : readUleb128(frame, offset.next, end);
    if (offset === null || size === null || offset.value < freeFrom) return false;
    freeFrom = offset.value + size.value;
    if (freeFrom > frame.byteLength) return false;
    at = size.next;
  }
  return true;
}

/** Null when it does not end before `end`, or has more than 64 bits. Above 2^53 the value is near enough to compare. */
function readUleb128(
  bytes: Uint8Array,
  from: number,
  end: number,
): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let index = 0; index < ULEB128_BYTES_AT_MOST && from + index < end; index += 1) {
    const byte = bytes[from + index] ?? 0;
    if (index === ULEB128_BYTES_AT_MOST - 1 && byte > 1) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: from + index + 1 };
  }
  return null;
}
