import { zeroFrameCount } from '../audio/opus-silence.ts';

/**
 * How much silence the decoder must have seen before more of it is known to be zeros and to leave its state as it is: five
 * frames, after which the band energies that it remembers stand still, and 100 ms, which is twice the output that the
 * pitch filter looks back on (2048 samples; libopus `celt/celt_decoder.c`). The tests hold it against the decoder.
 */
const CONVERGED_FRAMES = 5;
const CONVERGED_SAMPLES = 4800;

/** Follows one decoder's packets and says which need no decoding. */
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
