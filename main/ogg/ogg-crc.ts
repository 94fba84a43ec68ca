const POLYNOMIAL = 0x04c1_1db7;

/**
 * Eight tables behind one another (Intel's "slicing by 8"): `TABLES[256 * k + byte]` is the remainder of that byte
 * with k zero bytes behind it. In Electron one table, a byte at a time, takes four times as long.
 */
const TABLES = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte += 1) {
  let remainder = byte << 24;
  for (let table = 0; table < 8; table += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0);
    }
    TABLES[256 * table + byte] = remainder;
  }
}

/**
 * Ogg's CRC-32 (RFC 3533 §6): polynomial 04C11DB7, most significant bit first, starting at 0, without inversion.
 * To continue a sum, pass the result for the bytes before as `crc`. Unsigned 32-bit.
 */
export function oggCrc(bytes: Uint8Array, crc = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = TABLES;
  const wholeEnd = bytes.byteLength - (bytes.byteLength % 8);
  let remainder = crc | 0;
  let at = 0;
  for (; at < wholeEnd; at += 8) {
    const high = view.getInt32(at) ^ remainder;
    const low = view.getInt32(at + 4);
    remainder =
      (tables[1792 + (high >>> 24)] ?? 0) ^
      (tables[1536 + ((high >>> 16) & 0xff)] ?? 0) ^
      (tables[1280 + ((high >>> 8) & 0xff)] ?? 0) ^
      (tables[1024 + (high & 0xff)] ?? 0) ^
      (tables[768 + (low >>> 24)] ?? 0) ^
      (tables[512 + ((low >>> 16) & 0xff)] ?? 0) ^
      (tables[256 + ((low >>> 8) & 0xff)] ?? 0) ^
      (tables[low & 0xff] ?? 0);
  }
  for (; at < bytes.byteLength; at += 1) {
    remainder = (remainder << 8) ^ (tables[(remainder >>> 24) ^ view.getUint8(at)] ?? 0);
  }
  return remainder >>> 0;
}
