import { ResourceStack } from '../base/resource-stack.ts';
import { Limiter } from './limiter.ts';
import { sumBlocks } from './mix-sum.ts';
import type { PcmSource } from './pcm-source.ts';
import { BLOCK_FRAMES } from './pcm-source.ts';
import type { SampleFormat } from './sample-format.ts';
import { channelCount } from './sample-format.ts';
import type { WrittenTrack } from './wav-pcm.ts';
import { WavPcm } from './wav-pcm.ts';

/**
 * All tracks in one: the sum, under a limiter, of the files that the same export has just written, so that nothing is
 * decoded twice. One track alone passes unchanged.
 */
export class MixdownPcm implements PcmSource {
  readonly #tracks: readonly WavPcm[];
  readonly #files: ResourceStack;
  readonly #limiter: Limiter;
  readonly #channels: 1 | 2;
  readonly #samples: number;
  #nextBlock = 0;
  /** Whether any track sounds in the block that the limiter holds. */
  #heldSounding = false;

  private constructor(
    tracks: readonly WavPcm[],
    files: ResourceStack,
    range: { readonly samples: number; readonly channels: 1 | 2 },
  ) {
    this.#tracks = tracks;
    this.#files = files;
    this.#channels = range.channels;
    this.#samples = range.samples;
    this.#limiter = new Limiter(range.channels);
  }

  /** Opens the files. Throws the system's error. */
  static async open(
    tracks: readonly WrittenTrack[],
    wav: { readonly format: SampleFormat; readonly samples: number },
  ): Promise<MixdownPcm> {
    await using files = new ResourceStack();
    const open: WavPcm[] = [];
    for (const track of tracks) open.push(files.use(await WavPcm.open(track, wav.format)));
    const channels = channelCount(wav.format.channels);
    return new MixdownPcm(open, files.move(), { samples: wav.samples, channels });
  }

  /** `into` has to be one block: BLOCK_FRAMES frames, fewer only at the end. Throws past the end. */
  async read(into: Int16Array): Promise<boolean> {
    for (;;) {
      const count = this.#valuesInBlock(this.#nextBlock);
      const blocks = await this.#soundingBlocks(count);
      const limited =
        count === 0 ? this.#limiter.flush() : this.#limiter.push(sumBlocks(blocks, count));
      const sounding = this.#heldSounding;
      this.#heldSounding = blocks.length > 0;
      if (count > 0) this.#nextBlock += 1;
      if (limited !== null) {
        into.set(limited);
        return sounding;
      }
      if (count === 0) throw new Error('read past the end of the mixdown');
    }
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The next block of every track that sounds in it. */
  async #soundingBlocks(count: number): Promise<Int16Array[]> {
    const sounding: Int16Array[] = [];
    if (count === 0) return sounding;
    for (const track of this.#tracks) {
      const block = await track.block(this.#nextBlock, count);
      if (block !== null) sounding.push(block);
    }
    return sounding;
  }

  /** Frames times channels of a block; 0 after the last block. */
  #valuesInBlock(index: number): number {
    const frames = Math.min(BLOCK_FRAMES, this.#samples - index * BLOCK_FRAMES);
    return Math.max(0, frames) * this.#channels;
  }
}
