import { readTrack } from '../recording/track/track-reader.ts';
import { addClamped } from './mix-sum.ts';
import type { PcmSource } from './pcm-source.ts';
import { TrackPcm } from './track-pcm.ts';

/**
 * One person's tracks as one source. Where two tracks sound at once, their samples are added and clamped to 16 bits.
 * Nearly always there is just one track; without any the person is silent.
 */
export class PersonPcm implements PcmSource {
  readonly #first: TrackPcm | null;
  readonly #others: readonly TrackPcm[];
  #scratch = new Int16Array(0);

  /** Opens the track files when the first samples are asked for. */
  constructor(
    files: readonly string[],
    options: { readonly fromSamples: number; readonly channels: 1 | 2 },
  ) {
    const [first, ...others] = files.map((file) => new TrackPcm(readTrack(file), options));
    this.#first = first ?? null;
    this.#others = others;
  }

  /** Packets that the decoder refused, of all tracks. */
  get refusedCount(): number {
    const first = this.#first?.refusedCount ?? 0;
    return this.#others.reduce((sum, track) => sum + track.refusedCount, first);
  }

  async read(into: Int16Array): Promise<boolean> {
    if (this.#first === null) {
      into.fill(0);
      return false;
    }
    let sounding = await this.#first.read(into);
    for (const track of this.#others) {
      if (this.#scratch.length < into.length) this.#scratch = new Int16Array(into.length);
      const other = this.#scratch.subarray(0, into.length);
      if (!(await track.read(other))) continue;
      addClamped(into, other);
      sounding = true;
    }
    return sounding;
  }

  async close(): Promise<void> {
    await Promise.all([this.#first?.close(), ...this.#others.map((track) => track.close())]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
