import type { FileHandle } from 'node:fs/promises';
import { openPlainFile } from '../base/plain-file.ts';
import { BLOCK_FRAMES } from './pcm-source.ts';
import type { SampleFormat } from './sample-format.ts';
import { bytesPerFrame, channelCount } from './sample-format.ts';

/** 0.8 s: what is read from the disk at once. */
const BLOCKS_A_READ = 8;

/** A WAV that this export has written: where its samples are, and in which blocks of BLOCK_FRAMES there is any sound. */
export interface WrittenTrack {
  readonly file: string;
  readonly headerBytes: number;
  /** A byte a block: 0 when all of its samples are 0. */
  readonly sounding: Uint8Array;
}

/** Reads our own WAV again, block by block, as the 16-bit values it was made of; silent blocks are not read. */
export class WavPcm implements AsyncDisposable {
  readonly #track: WrittenTrack;
  readonly #format: SampleFormat;
  readonly #handle: FileHandle;
  readonly #buffer: ArrayBuffer;
  /** First block in `#buffer`; −1 before the first read. */
  #firstBlock = -1;

  private constructor(track: WrittenTrack, format: SampleFormat, handle: FileHandle) {
    this.#track = track;
    this.#format = format;
    this.#handle = handle;
    this.#buffer = new ArrayBuffer(BLOCKS_A_READ * BLOCK_FRAMES * bytesPerFrame(format));
  }

  /** Throws the system's error. */
  static async open(track: WrittenTrack, format: SampleFormat): Promise<WavPcm> {
    return new WavPcm(track, format, await openPlainFile(track.file, 'read'));
  }

  /** The first `values` values of block `index`; null when it is silent. The array is valid until the next call. */
  async block(index: number, values: number): Promise<Int16Array | null> {
    if (this.#track.sounding[index] === 0) return null;
    const firstBlock = index - (index % BLOCKS_A_READ);
    if (this.#firstBlock !== firstBlock) {
      await this.#readFrom(firstBlock);
      this.#firstBlock = firstBlock;
    }
    const firstValue = (index - firstBlock) * BLOCK_FRAMES * channelCount(this.#format.channels);
    return readSamples(this.#buffer, this.#format, { firstValue, values });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #readFrom(firstBlock: number): Promise<void> {
    const bytes = new Uint8Array(this.#buffer);
    const start = this.#track.headerBytes + firstBlock * BLOCK_FRAMES * bytesPerFrame(this.#format);
    for (let done = 0; done < bytes.byteLength;) {
      const rest = bytes.byteLength - done;
      const { bytesRead } = await this.#handle.read(bytes, done, rest, start + done);
      if (bytesRead === 0) break; // the file's last blocks
      done += bytesRead;
    }
  }
}

/** The inverse of writeSamples. 16 bit is a view of `buffer`. */
function readSamples(
  buffer: ArrayBuffer,
  format: SampleFormat,
  part: { readonly firstValue: number; readonly values: number },
): Int16Array {
  const { firstValue, values } = part;
  switch (format.bitDepth) {
    case '16':
      return new Int16Array(buffer, firstValue * 2, values);
    case '24': {
      const bytes = new Uint8Array(buffer, firstValue * 3, values * 3);
      return Int16Array.from(
        { length: values },
        (_, index) => (bytes[index * 3 + 1] ?? 0) | ((bytes[index * 3 + 2] ?? 0) << 8),
      );
    }
    case '32f':
      return Int16Array.from(
        new Float32Array(buffer, firstValue * 4, values),
        (value) => value * 32768,
      );
  }
}
