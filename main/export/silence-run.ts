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
    const frames = silenceFrames(packet);
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

/**
 * Number of frames when the packet is nothing but silence frames (`FF FE` in full-band CELT of 2.5 to 20 ms, mono or
 * stereo; one frame, two of the same size, or up to 48 without padding: RFC 6716 §3.2, codes 0, 1 and 3), else 0.
 */
export function silenceFrames(packet: Uint8Array): number {
  const toc = packet[0] ?? 0;
  if (toc < 0xe0) return 0; // configurations 28 to 31
  const code = toc & 3;
  const counted = code === 3;
  const frames = counted ? (packet[1] ?? 0) : code + 1;
  const start = counted ? 2 : 1;
  if (code === 2 || frames === 0 || frames > 48) return 0; // also the flags for padding and varying sizes
  if (packet.byteLength !== start + frames * 2) return 0;
  for (let at = start; at < packet.byteLength; at += 2)
    if (packet[at] !== 0xff || packet[at + 1] !== 0xfe) return 0;
  return frames;
}
