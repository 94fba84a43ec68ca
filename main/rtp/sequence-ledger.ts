import { sequenceDistance } from './sequence.ts';

/** What can become of a number that arrived (contract section 3, "Counts"). */
export type SequenceOutcome = 'packets' | 'late' | 'undecryptable' | 'padding';

/** Each number of the stream is one of these; `duplicate` comes on top. */
export type SequenceCounts = Readonly<Record<SequenceOutcome | 'lost' | 'duplicate', number>>;

/** Numbers are remembered as far back as 16 bits can tell from the future. */
const REMEMBERED = 0x1_0000;

/**
 * Further back than any network delivers (RFC 3550 §A.1 takes 100; a burst of Wi-Fi is below 1000): two numbers in a
 * row from there mean that the sender has begun to count anew.
 */
const RESTART_DISTANCE = 3_000;

/** So many numbers may be missing at once: burst loss, and padding that a sender sends in bursts. */
const MOST_SKIPPED = 100;

/** On top, for the time since the last new number: packets of 2.5 ms, the shortest that Opus has. */
const SKIPPED_PER_MS = 0.4;

/**
 * What becomes of a number: its extended form, a plain integer that grows by one from packet to packet, through wraps
 * and through senders that begin to count anew; null for a duplicate (counted), and for what belongs to a gap.
 * `suspect`: no network does that; keep the packet until the next number shows whether the sender does. `begins-anew`:
 * it does; nothing is admitted yet: offer the suspect one again, then this one.
 */
export type Admission = number | null | 'suspect' | 'begins-anew';

/** Numbers from `first` to `last`, all of which count. */
interface Stretch {
  first: number;
  last: number;
  arrivedCount: number;
}

/**
 * The books of one SSRC: each sequence number once, whatever the network does to it. Lost is what never arrived between
 * the first and the last that did; numbers that pass during a gap are in no count.
 */
export class SequenceLedger {
  /** Bit n: the extended number whose low 16 bits are n has arrived. */
  readonly #arrived = new Uint8Array(REMEMBERED / 8);
  readonly #outcomes: Record<SequenceOutcome, number> = {
    packets: 0,
    late: 0,
    undecryptable: 0,
    padding: 0,
  };
  #duplicateCount = 0;
  #highest: number | null = null;
  /** The stretch that goes on; null before the first number and after a gap. */
  #stretch: Stretch | null = null;
  /** Lost in stretches that are over. */
  #lostBefore = 0;
  /** Numbers up to this one belong to what is over, or to a gap. */
  #floor = -Infinity;
  #inGap = false;
  /** Low 16 bits of the number that would show that the sender has begun anew. */
  #restartAt: number | null = null;
  /** What is added to numbers that are given out, so that they leave no hole behind a gap or where a sender began anew. */
  #shift = 0;
  /** The highest that was given out. */
  #newest: number | null = null;
  #highestAtMs = -Infinity;
  /** The same, as far back as can be. */
  #highestEarliestAtMs = -Infinity;

  /**
   * Takes a number that arrives; times on the monotonic clock. One that waited to be read at `arrivedAtMs` arrived at any
   * time since `earliestAtMs`.
   */
  admit(sequence16: number, arrivedAtMs: number, earliestAtMs = arrivedAtMs): Admission {
    if (this.#highest === null) return this.#advance(sequence16, arrivedAtMs, earliestAtMs);
    const distance = sequenceDistance(sequence16, this.#highest & 0xffff);
    if (distance > 0) {
      const elapsedMs = arrivedAtMs - this.#highestEarliestAtMs;
      const isPlausible = distance <= MOST_SKIPPED + elapsedMs * SKIPPED_PER_MS;
      if (!isPlausible && this.#stretch !== null) return this.#suspect(sequence16);
      return this.#advance(this.#highest + distance, arrivedAtMs, earliestAtMs);
    }
    if (distance < -RESTART_DISTANCE && !this.#inGap) {
      if (this.#stretch !== null) return this.#suspect(sequence16);
      this.#beginAnew(sequence16); // in a gap anything may have passed
      return this.#advance(this.#highest + 1, arrivedAtMs, earliestAtMs);
    }
    const extended = this.#highest + distance;
    if (!this.#has(extended)) return this.#enter(extended);
    if (this.#stretch !== null && extended > this.#floor) this.#duplicateCount += 1;
    return null;
  }

  /** Says what became of a number that `admit` gave. Once for each. */
  count(outcome: SequenceOutcome): void {
    this.#outcomes[outcome] += 1;
  }

  /** From here on numbers are in no count, and leave no hole: a gap, a pause, an exclusion. */
  beginGap(): void {
    this.#inGap = true;
    this.#closeStretch();
  }

  /** Numbers count again, from the next one that arrives. */
  endGap(): void {
    this.#inGap = false;
  }

  /** How many numbers would be missing before this one; 0 for one that is no news, or comes behind a gap. */
  missingBefore(sequence16: number): number {
    if (this.#highest === null || this.#stretch === null) return 0;
    return Math.max(0, sequenceDistance(sequence16, this.#highest & 0xffff) - 1);
  }

  /** When the newest number arrived; −Infinity before the first. */
  get newestAtMs(): number {
    return this.#highestAtMs;
  }

  /** The same, as far back as can be: it may have waited to be read. */
  get newestEarliestAtMs(): number {
    return this.#highestEarliestAtMs;
  }

  counts(): SequenceCounts {
    const { packets, late, undecryptable, padding } = this.#outcomes;
    const lost = this.#lostBefore + (this.#stretch === null ? 0 : lostIn(this.#stretch));
    return { packets, lost, late, undecryptable, padding, duplicate: this.#duplicateCount };
  }

  #advance(extended: number, arrivedAtMs: number, earliestAtMs: number): number | null {
    const from = Math.max(this.#highest ?? extended - 1, extended - REMEMBERED / 2);
    for (let number = from + 1; number <= extended; number += 1) this.#forget(number);
    this.#highest = extended;
    this.#highestAtMs = arrivedAtMs;
    this.#highestEarliestAtMs = earliestAtMs;
    this.#restartAt = null;
    return this.#enter(extended);
  }

  /** First time that this number arrives. */
  #enter(extended: number): number | null {
    this.#remember(extended);
    if (this.#inGap) {
      this.#floor = Math.max(this.#floor, extended);
      return null;
    }
    if (extended <= this.#floor) return null; // sent before the gap was over
    if (this.#stretch === null) {
      if (this.#newest !== null) this.#shift = this.#newest + 1 - extended;
      this.#stretch = { first: extended, last: extended, arrivedCount: 0 };
    }
    this.#stretch.first = Math.min(this.#stretch.first, extended);
    this.#stretch.last = Math.max(this.#stretch.last, extended);
    this.#stretch.arrivedCount += 1;
    const given = extended + this.#shift;
    this.#newest = Math.max(this.#newest ?? given, given);
    return given;
  }

  #closeStretch(): void {
    if (this.#stretch === null) return;
    this.#lostBefore += lostIn(this.#stretch);
    this.#floor = Math.max(this.#floor, this.#stretch.last);
    this.#stretch = null;
  }

  /** Two such numbers in a row are the sender's doing (RFC 3550 §A.1). */
  #suspect(sequence16: number): 'suspect' | 'begins-anew' {
    const expected = this.#restartAt;
    this.#restartAt = (sequence16 + 1) & 0xffff;
    if (sequence16 !== expected) return 'suspect';
    this.#beginAnew((sequence16 - 1) & 0xffff);
    return 'begins-anew';
  }

  /** Numbers go on at `first16`; what lies between is in no count. */
  #beginAnew(first16: number): void {
    this.#closeStretch();
    const before = this.#highest ?? 0;
    const highest = before + ((first16 - 1 - before) & 0xffff);
    this.#arrived.fill(0);
    this.#highest = highest;
    this.#floor = highest;
    this.#restartAt = null;
  }

  #has(extended: number): boolean {
    const bit = extended & 0xffff;
    return ((this.#arrived[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  #remember(extended: number): void {
    const bit = extended & 0xffff;
    this.#arrived[bit >> 3] = (this.#arrived[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  #forget(extended: number): void {
    const bit = extended & 0xffff;
    this.#arrived[bit >> 3] = (this.#arrived[bit >> 3] ?? 0) & ~(1 << (bit & 7));
  }
}

function lostIn({ first, last, arrivedCount }: Stretch): number {
  return last - first + 1 - arrivedCount;
}
