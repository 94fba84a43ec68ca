import { zeroFrameCount } from '../audio/opus-silence.ts';

/**
 * After so much silence the decoder gives zeros for more silence and its state stands still: five frames, for the band
 * energies it remembers, and 100 ms, twice what its pitch filter looks back on (2048 samples; libopus
 * `celt/celt_decoder.c`). The tests compare with libopus.
 */
const CONVERGED_FRAMES = 5;
const CONVERGED_SAMPLES = 4800;

/** Follows one decoder's packets and tells which ones need no decoding. */
export class SilenceRun {
  #frames = 0;
  #samples = 0;

  /** True when the decoder would give zeros for this packet. Otherwise the caller has to decode it. */
  decodesToZeros(packet: Uint8Array, durationSamples: number): boolean {
    const frames = zeroFrameCount(packet);
    if (frames === 0) {
      this.#frames = 0;
      this.#samples = 0;
      return false;
    }
    if (this.#frames >= CONVERGED_FRAMES && this.#samples >= CONVERGED_SAMPLES) return true;
    this.#frames += frames;
    this.#samples += durationSamples;
    return false;
  }
}
