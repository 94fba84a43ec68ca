/** The first packet of an Ogg Opus stream (RFC 7845 §5.1). */
export interface OpusHead {
  /** 1 to 255; with mapping family 0: 1 or 2. */
  readonly channels: number;
  /** 48 kHz samples to throw away at the beginning, 0 to 65535. */
  readonly preSkip: number;
  /** What the encoder was fed with; for information only. */
  readonly inputSampleRateHz: number;
  /** Gain to apply, in 1/256 dB, signed 16-bit. */
  readonly outputGain: number;
  readonly mappingFamily: number;
}

const HEAD_BYTES = 19;
const MAGIC = [0x4f70_7573, 0x4865_6164] as const; // "OpusHead"

/**
 * | 0 "OpusHead" 8 | 8 version 1 | 9 channels 1 | 10 pre-skip 2 | 12 input rate 4 | 16 gain 2 | 18 mapping family 1 |
 * Little-endian. For mapping family 0, which has no table behind it.
 */
export function writeOpusHead(head: Omit<OpusHead, 'mappingFamily'>): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC[0]);
  view.setUint32(4, MAGIC[1]);
  view.setUint8(8, 1); // Version
  view.setUint8(9, head.channels);
  view.setUint16(10, head.preSkip, true);
  view.setUint32(12, head.inputSampleRateHz, true);
  view.setInt16(16, head.outputGain, true);
  view.setUint8(18, 0); // Mapping family
  return bytes;
}

/** Null when it is no OpusHead of a version 0.x or 1.x, is cut short, or has an impossible channel count. */
export function parseOpusHead(bytes: Uint8Array): OpusHead | null {
  if (!isOpusHead(bytes) || bytes.byteLength < HEAD_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(8) > 15) return null; // a higher major version is not compatible
  const channels = view.getUint8(9);
  const mappingFamily = view.getUint8(18);
  if (channels === 0 || (mappingFamily === 0 && channels > 2)) return null;
  // Every other family has stream counts and one byte a channel behind it (§5.1.1).
  if (mappingFamily !== 0 && bytes.byteLength < HEAD_BYTES + 2 + channels) return null;
  return {
    channels,
    preSkip: view.getUint16(10, true),
    inputSampleRateHz: view.getUint32(12, true),
    outputGain: view.getInt16(16, true),
    mappingFamily,
  };
}

/** Whether the packet calls itself OpusHead, malformed or not. */
export function isOpusHead(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(0) === MAGIC[0] && view.getUint32(4) === MAGIC[1];
}
