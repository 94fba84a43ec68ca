import type { Arrival } from './arrival.ts';
import { sequenceDistance } from './sequence.ts';

/** What can become of a number that arrived. */
export type SequenceOutcome = 'packets' | 'late' | 'undecryptable' | 'padding';

/** Each number of the stream is in one count; `duplicate` counts copies on top. */
export type SequenceCounts = Readonly<Record<SequenceOutcome | 'lost' | 'duplicate', number>>;

/** One bit for each 16-bit number: a number is remembered as far back as 16 bits tell it from a later one. */
const REMEMBERED = 0x1_0000;

/**
 * How far back a number is suspect: further than any network delivers (RFC 3550 §A.1 takes 100; a burst of Wi-Fi is
 * below 1000).
 */
const RESTART_DISTANCE = 3_000;

/**
 * Numbers that may be missing at once before a number is suspect: burst loss, and padding that senders send in bursts.
 */
const MOST_SKIPPED = 100;

/** As many more for each millisecond since the newest number: packets of 2.5 ms, the shortest that Opus has. */
const SKIPPED_PER_MS = 0.4;

/**
 * What `admit` says of a 16-bit number. A number: its extended form, which grows by one from packet to packet, through
 * wraps and through senders that count anew. Null: a duplicate, which is counted, or a number of a gap. `suspect`: too
 * far from the numbers before; keep the packet until the next number. `begins-anew`: the second suspect in a row, so
 * the sender counts anew; admit the packet that was kept, then this one.
 */
export type Admission = number | null | 'suspect' | 'begins-anew';

const NEVER: Arrival = { latestMs: -Infinity, earliestMs: -Infinity };

/** Numbers from `first` to `last`, all of which count. */
interface Stretch {
  first: number;
  last: number;
  arrivedCount: number;
}

/**
 * The books of one SSRC: each sequence number is in one count, whatever the network does to it. Lost are the numbers that
 * never arrived between the first and the last that did; numbers that pass during a gap are in no count.
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
  /** The stretch under way; null before the first number and after a gap. */
  #stretch: Stretch | null = null;
  /** Numbers lost in stretches that are over. */
  #lostBefore = 0;
  /** Extended numbers up to this one belong to a stretch that is over, or to a gap. */
  #floor = -Infinity;
  #inGap = false;
  /**
   * Low 16 bits of the number that would show that the sender counts anew; null when the newest number was not suspect.
   */
  #restartAt: number | null = null;
  /** Added to the numbers that are given out, so that a gap, or a sender that counts anew, leaves no hole in them. */
  #shift = 0;
  /** The highest number that was given out. */
  #newest: number | null = null;
  #highestArrival: Arrival = NEVER;

  /** Takes the 16-bit number of a packet, in order of arrival. */
  admit(sequence16: number, arrival: Arrival): Admission {
    if (this.#highest === null) return this.#advance(sequence16, arrival);
    const distance = sequenceDistance(sequence16, this.#highest & 0xffff);
    if (distance > 0) {
      const elapsedMs = arrival.latestMs - this.#highestArrival.earliestMs;
      const isPlausible = distance <= MOST_SKIPPED + elapsedMs * SKIPPED_PER_MS;
      if (!isPlausible && this.#stretch !== null) return this.#suspect(sequence16);
      return this.#advance(this.#highest + distance, arrival);
    }
    if (distance < -RESTART_DISTANCE && !this.#inGap) {
      if (this.#stretch !== null) return this.#suspect(sequence16);
      this.#beginAnew(sequence16); // behind a gap, in which anything may have passed
      return this.#advance(this.#highest + 1, arrival);
    }
    const extended = this.#highest + distance;
    if (!this.#has(extended)) return this.#enter(extended);
    if (this.#stretch !== null && extended > this.#floor) this.#duplicateCount += 1;
    return null;
  }

  /** Says what became of a number that `admit` gave; to be said once of each. */
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

  /** How many numbers would be missing before that 16-bit number; 0 when it is not new, or comes behind a gap. */
  missingBefore(sequence16: number): number {
    if (this.#highest === null || this.#stretch === null) return 0;
    return Math.max(0, sequenceDistance(sequence16, this.#highest & 0xffff) - 1);
  }

  /** Arrival of the highest number; −Infinity before the first. */
  get newest(): Arrival {
    return this.#highestArrival;
  }

  counts(): SequenceCounts {
    const { packets, late, undecryptable, padding } = this.#outcomes;
    const lost = this.#lostBefore + (this.#stretch === null ? 0 : lostIn(this.#stretch));
    return { packets, lost, late, undecryptable, padding, duplicate: this.#duplicateCount };
  }

  #advance(extended: number, arrival: Arrival): number | null {
    const from = Math.max(this.#highest ?? extended - 1, extended - REMEMBERED / 2);
    for (let number = from + 1; number <= extended; number += 1) this.#forget(number);
    this.#highest = extended;
    this.#highestArrival = arrival;
    this.#restartAt = null;
    return this.#enter(extended);
  }

  /** Takes an extended number that arrives for the first time, and gives it as `admit` does. */
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

  /** A suspect number that follows the one before shows that the sender counts anew (RFC 3550 §A.1). */
  #suspect(sequence16: number): 'suspect' | 'begins-anew' {
    const expected = this.#restartAt;
    this.#restartAt = (sequence16 + 1) & 0xffff;
    if (sequence16 !== expected) return 'suspect';
    this.#beginAnew((sequence16 - 1) & 0xffff);
    return 'begins-anew';
  }

  /** Numbers go on at `first16`; the numbers skipped are in no count. */
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
