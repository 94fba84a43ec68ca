/** 20 s of 20 ms packets: jitter averages out, and a clock 200 ppm off drifts by 4 ms only. */
export const KEPT_PACKETS = 1_024;

/** Which of the sorted offsets counts. Below the middle, because networks delay packets and never hasten them. */
const QUANTILE = 0.35;

/**
 * How much later than their RTP time the last 1,024 packets of a stream arrived: arrival minus RTP time, in samples.
 * One offset is mostly network jitter; a low quantile of many shows where the sender's clock stands.
 */
export class ArrivalOffsets {
  readonly #offsets = new Float64Array(KEPT_PACKETS);
  readonly #sequences = new Float64Array(KEPT_PACKETS);
  readonly #sorted = new Float64Array(KEPT_PACKETS);
  #count = 0;

  /** Adds the offset of one packet; `sequence` is extended. The oldest of more than 1,024 offsets is forgotten. */
  add(sequence: number, offsetSamples: number): void {
    const at = this.#count % KEPT_PACKETS;
    this.#offsets[at] = offsetSamples;
    this.#sequences[at] = sequence;
    this.#count += 1;
  }

  /** The 35 % quantile over packets from `fromSequence` up to, not including, `toSequence`; null without any. */
  estimate(fromSequence: number, toSequence = Infinity): Estimate | null {
    const kept = Math.min(this.#count, KEPT_PACKETS);
    let count = 0;
    for (let at = 0; at < kept; at += 1) {
      const sequence = this.#sequences[at] ?? 0;
      if (sequence < fromSequence || sequence >= toSequence) continue;
      this.#sorted[count] = this.#offsets[at] ?? 0;
      count += 1;
    }
    if (count === 0) return null;
    this.#sorted.subarray(0, count).sort();
    return { offsetSamples: this.#sorted[Math.floor((count - 1) * QUANTILE)] ?? 0, count };
  }
}

/** Where a sender's clock stands against arrival. */
export interface Estimate {
  /** Arrival minus RTP time. */
  readonly offsetSamples: number;
  /** How many packets it is made of. */
  readonly count: number;
}
