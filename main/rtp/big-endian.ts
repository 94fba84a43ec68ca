// For the per-packet path: a DataView costs more to make than a whole RTP header to read (70 ns against 10).

/** Unsigned 16-bit at `at`; what lies behind the end counts as 0, so the caller checks the length first. */
export function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Unsigned 32-bit at `at`; what lies behind the end counts as 0, so the caller checks the length first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return ((uint16At(bytes, at) << 16) | uint16At(bytes, at + 2)) >>> 0;
}
