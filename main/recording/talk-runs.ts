/** A stretch in which someone speaks: samples [from, to). */
export type TalkRun = readonly [number, number];

/** Pauses between words and sentences do not end a run: half a second. */
const PAUSE_SAMPLES = 24_000;

/** Beyond so many runs, longer pauses are bridged: what is drawn of half a day needs no more. */
const MOST_RUNS = 2_000;

/** Where someone speaks, from their packets in order: all but silence and what stands for lost frames. */
export class TalkRuns {
  #runs: [number, number][] = [];
  #pauseSamples = PAUSE_SAMPLES;

  add(at: { position: number; durationSamples: number; packet: Uint8Array }): void {
    if (!isTalk(at.packet)) return;
    const last = this.#runs.at(-1);
    const end = at.position + at.durationSamples;
    if (last !== undefined && at.position - last[1] <= this.#pauseSamples) last[1] = end;
    else this.#runs.push([Math.max(0, at.position), end]);
    if (this.#runs.length > MOST_RUNS) this.#thin();
  }

  /** In order of time, apart from each other by more than a pause. */
  runs(): readonly TalkRun[] {
    return this.#runs;
  }

  #thin(): void {
    const runs: [number, number][] = [];
    this.#pauseSamples *= 2;
    for (const run of this.#runs) {
      const last = runs.at(-1);
      if (last !== undefined && run[0] - last[1] <= this.#pauseSamples) last[1] = run[1];
      else runs.push(run);
    }
    this.#runs = runs;
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
