/** A stretch in which someone speaks: samples [from, to). */
export type TalkRun = readonly [number, number];

/** Half a second: pauses up to this, as between words and sentences, do not end a run. */
const PAUSE_SAMPLES = 24_000;

/** Above so many runs the pause that ends a run is doubled: the drawing of half a day needs no more. */
const MOST_RUNS = 2_000;

/** Where someone speaks, from a track's packets in order: silence and concealment do not count. */
export class TalkRuns {
  /** From and to of each run, at full size from the start: memory does not grow with the recording. */
  readonly #bounds = new Float64Array(2 * (MOST_RUNS + 1));
  #count = 0;
  #pauseSamples = PAUSE_SAMPLES;

  add(at: { position: number; durationSamples: number; packet: Uint8Array }): void {
    if (!isTalk(at.packet)) return;
    this.#append(at.position, at.position + at.durationSamples);
    while (this.#count > MOST_RUNS) this.#thin();
  }

  /** In order of time, more than half a second apart. */
  runs(): readonly TalkRun[] {
    return Array.from({ length: this.#count }, (_, run) => [
      this.#at(2 * run),
      this.#at(2 * run + 1),
    ]);
  }

  /** Doubles the pause that ends a run, and joins the runs that the longer pause does not separate. */
  #thin(): void {
    this.#pauseSamples *= 2;
    const count = this.#count;
    this.#count = 0;
    for (let run = 0; run < count; run += 1) this.#append(this.#at(2 * run), this.#at(2 * run + 1));
  }

  #append(from: number, to: number): void {
    const end = 2 * this.#count;
    if (this.#count > 0 && from - this.#at(end - 1) <= this.#pauseSamples) {
      this.#bounds[end - 1] = to;
      return;
    }
    this.#bounds[end] = Math.max(0, from);
    this.#bounds[end + 1] = to;
    this.#count += 1;
  }

  #at(bound: number): number {
    return this.#bounds[bound] ?? 0;
  }
}

/** False for silence (frames of `FF FE`, in one packet or several) and for packets without a frame's data. */
export function isTalk(packet: Uint8Array): boolean {
  const code = (packet[0] ?? 0) & 3;
  const first = code === 3 ? 2 : 1;
  if (packet.byteLength <= first) return false;
  for (let at = first; at < packet.byteLength; at += 2) {
    if (packet[at] !== 0xff || packet[at + 1] !== 0xfe) return true;
  }
  return false;
}
