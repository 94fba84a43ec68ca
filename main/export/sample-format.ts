/** 16- and 24-bit integer, or 32-bit float. */
export type BitDepth = '16' | '24' | '32f';
export type ChannelLayout = 'stereo' | 'mono';

/** How samples stand in a file: always 48 kHz, interleaved, little-endian. */
export interface SampleFormat {
  readonly bitDepth: BitDepth;
  readonly channels: ChannelLayout;
}

const BYTES_PER_VALUE = { '16': 2, '24': 3, '32f': 4 } as const satisfies Record<BitDepth, number>;

/** 1 or 2. */
export function channelCount(channels: ChannelLayout): 1 | 2 {
  return channels === 'stereo' ? 2 : 1;
}

/** Bytes of one sample of one channel: 2, 3 or 4. */
export function bytesPerValue(bitDepth: BitDepth): 2 | 3 | 4 {
  return BYTES_PER_VALUE[bitDepth];
}

/** Bytes of one sample of all channels: a WAV's block alignment. */
export function bytesPerFrame(format: SampleFormat): number {
  return bytesPerValue(format.bitDepth) * channelCount(format.channels);
}

/**
 * 16-bit values as bytes of `bitDepth`, without dither: exact in every depth, full scale staying full scale (24 bit: times
 * 256; float: divided by 32768). Writes into the start of `scratch`, which must be large enough, and returns that part;
 * 16 bit is a view of `pcm` itself.
 */
export function writeSamples(
  pcm: Int16Array,
  bitDepth: BitDepth,
  scratch: ArrayBuffer,
): Uint8Array {
  switch (bitDepth) {
    case '16':
      return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    case '24':
      return writeInt24(pcm, new Uint8Array(scratch, 0, pcm.length * 3));
    case '32f':
      return writeFloat32(pcm, new Float32Array(scratch, 0, pcm.length));
  }
}

function writeInt24(pcm: Int16Array, bytes: Uint8Array): Uint8Array {
  let at = 0;
  for (const value of pcm) {
    bytes[at] = 0;
    bytes[at + 1] = value & 0xff;
    bytes[at + 2] = value >> 8;
    at += 3;
  }
  return bytes;
}

function writeFloat32(pcm: Int16Array, floats: Float32Array): Uint8Array {
  for (let index = 0; index < pcm.length; index += 1) floats[index] = (pcm[index] ?? 0) / 32768;
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}
