import { createHash } from 'node:crypto';
import { rm, type FileHandle } from 'node:fs/promises';
import { createFile, SHARED_FILE_MODE } from '../base/plain-file.ts';
import { syncFile } from '../base/replace-file.ts';
import { BLOCK_FRAMES } from './pcm-source.ts';
import { bytesPerFrame, channelCount, writeSamples } from './sample-format.ts';
import type { WavDescription, WavLayout } from './wav-header.ts';
import { layOutWav } from './wav-header.ts';

/** 4.8 s of 48 kHz: close to 1 MiB a write in 16-bit stereo. */
export const CHUNK_FRAMES = BLOCK_FRAMES * 48;

/** A finished file. */
export interface WrittenFile {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * A WAV being written from front to back. Its length is known from the start, so the header is final when written and
 * the hash needs no second reading. One write is under way while the next chunk is made: two chunks of memory, however
 * long the file. A file that is closed before `finish` is removed.
 */
export class WavFile implements AsyncDisposable {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #wav: WavDescription;
  readonly #layout: WavLayout;
  readonly #hash = createHash('sha256');
  readonly #chunks: readonly [Int16Array, Int16Array];
  readonly #scratch: readonly [ArrayBuffer, ArrayBuffer];
  /** Which of the two chunks is filled now. */
  #turn: 0 | 1 = 0;
  #writing: Promise<void> = Promise.resolve();
  #position = 0;
  #state: 'open' | 'finished' | 'closed' = 'open';

  private constructor(file: string, handle: FileHandle, wav: WavDescription) {
    this.#file = file;
    this.#handle = handle;
    this.#wav = wav;
    this.#layout = layOutWav(wav);
    const values = CHUNK_FRAMES * channelCount(wav.format.channels);
    this.#chunks = [new Int16Array(values), new Int16Array(values)];
    const scratchBytes = wav.format.bitDepth === '16' ? 0 : values * 4;
    this.#scratch = [new ArrayBuffer(scratchBytes), new ArrayBuffer(scratchBytes)];
  }

  /** Makes `file`, which must not exist, and writes its header. Throws the system's error. */
  static async create(file: string, wav: WavDescription): Promise<WavFile> {
    const handle = await createFile(file, SHARED_FILE_MODE);
    const wavFile = new WavFile(file, handle, wav);
    wavFile.#append(wavFile.#layout.header);
    return wavFile;
  }

  /** Memory for the next `frames` frames, at most CHUNK_FRAMES; hand it to `write` before asking again. */
  chunk(frames: number): Int16Array {
    return this.#chunks[this.#turn].subarray(0, frames * channelCount(this.#wav.format.channels));
  }

  /**
   * Writes the chunk of the last `chunk` call. Resolves when the next chunk may be filled; a failure may show a call
   * later. `sounding` has a byte for each block of BLOCK_FRAMES: where the byte is 0, so are all samples, and the file
   * gets a hole that reads as zeros and takes no disk space.
   */
  async write(chunk: Int16Array, sounding: Uint8Array): Promise<void> {
    const bytes = writeSamples(chunk, this.#wav.format.bitDepth, this.#scratch[this.#turn]);
    await this.#writing;
    this.#append(bytes, sounding);
    this.#turn = this.#turn === 0 ? 1 : 0;
  }

  /** Ends the file and puts it on the disk. Throws when there are more or fewer samples in it than its header says. */
  async finish(): Promise<WrittenFile> {
    await this.#writing;
    this.#append(new Uint8Array(this.#layout.paddingBytes));
    await this.#writing;
    if (this.#position !== this.#layout.fileBytes) {
      const expected = String(this.#layout.fileBytes);
      throw new Error(`file has ${String(this.#position)} bytes, its header says ${expected}`);
    }
    await this.#handle.truncate(this.#position); // a file that ends in silence ends in a hole
    await syncFile(this.#handle, 'data');
    this.#state = 'finished';
    await this.#handle.close();
    return { bytes: this.#position, sha256: this.#hash.digest('hex') };
  }

  /** Removes the file unless it is finished. */
  async close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    await this.#writing.catch(() => undefined); // `write` and `finish` throw what failed
    await this.#handle.close();
    await rm(this.#file, { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Hashes now, writes in the background. */
  #append(bytes: Uint8Array, sounding: Uint8Array | null = null): void {
    const position = this.#position;
    this.#position += bytes.byteLength;
    const writing =
      sounding === null
        ? this.#writeAll(bytes, position)
        : this.#writeSounding(bytes, { position, sounding });
    writing.catch(() => undefined); // thrown where it is awaited
    this.#writing = writing;
    this.#hash.update(bytes);
  }

  /** Blocks next to each other go to the disk together. */
  async #writeSounding(
    bytes: Uint8Array,
    { position, sounding }: { readonly position: number; readonly sounding: Uint8Array },
  ): Promise<void> {
    const blockBytes = BLOCK_FRAMES * bytesPerFrame(this.#wav.format);
    for (let first = 0; first < sounding.length; first += 1) {
      if (sounding[first] === 0) continue;
      let end = first + 1;
      while (end < sounding.length && sounding[end] !== 0) end += 1;
      const run = bytes.subarray(first * blockBytes, end * blockBytes);
      await this.#writeAll(run, position + first * blockBytes);
      first = end;
    }
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength;) {
      const rest = bytes.byteLength - done;
      const { bytesWritten } = await this.#handle.write(bytes, done, rest, position + done);
      done += bytesWritten;
    }
  }
}
