import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import type { Arrival } from './arrival.ts';
import { markOf, type NumberedPacket } from './numbered-packet.ts';
import type { RtpTimestamp } from './rtp-timestamp.ts';
import { toRtpTimestamp } from './rtp-timestamp.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';

/** Numbers of which the timestamp is remembered: 80 s of 20 ms packets, 10 s of 2.5 ms packets. */
const REMEMBERED = 4_096;

/** Samples of the longest Opus packet, 120 ms (RFC 6716 §3.2.5). */
export const LONGEST_PACKET_SAMPLES = 5_760;

/** The network may hold a packet for so long: the one behind it then seems to come too early by as much. */
export const MOST_HELD_SAMPLES = 1_000 * SAMPLES_PER_MS;

/** Numbers that may be missing beyond those that the time passed could hold: the sender's packet length may change. */
const SPARE_NUMBERS = 4;

/** The same shortly after padding, which comes in bursts (observed: 50 packets in 100 ms) and takes no time. */
const SPARE_NUMBERS_AT_PADDING = 64;

/** A copy that the network made, and an overtaken packet, come no later than this. */
export const MOST_OVERTAKEN_MS = 2_000;

/** The same for a packet that was sent before the first one that arrived. */
const MOST_OVERTAKEN_AT_START_MS = 300;

/** A packet is no longer near when more numbers are missing before it: 1 s of 20 ms packets. */
const NEAR_NUMBERS = 50;

/**
 * How far the time between the arrivals of two packets of one sender is from what their timestamps say, at most: a copy
 * that the network made of an older packet is further off.
 */
export const MOST_OFF_PACE_MS = 100;

/** A timestamp further back than 60 s says nothing about a packet's age. */
const MOST_BEHIND_SAMPLES = 60_000 * SAMPLES_PER_MS;

/**
 * What a packet is to a numbering. `next`: newer than all, and what is missing before it is lost. `overtaken`: an older
 * number that has not come yet. `copy`: number and timestamp have come before. `isSure`:
 * the time of its arrival fits too, and of a copy the payload.
 */
export interface Fit {
  readonly kind: 'next' | 'overtaken' | 'copy';
  /** Extended: a plain integer, no wrap. */
  readonly extended: number;
  readonly isSure: boolean;
}

/** Numbers from `first` to `last`, all of which count. */
interface Stretch {
  first: number;
  last: number;
  arrivedCount: number;
}

/**
 * The numbers that one sender gives in a row, from where the sender begins to count until it counts anew. Remembers
 * number, timestamp and payload's hash of the newest 4,096, and how many are lost.
 */
export class Numbering {
  /** By the lowest 12 bits of the extended number; valid for the 4,096 numbers up to `highest`. */
  readonly #arrived = new Uint8Array(REMEMBERED);
  readonly #timestamps = new Uint32Array(REMEMBERED);
  readonly #marks = new Uint32Array(REMEMBERED);
  #ordinal = 0;
  #highest = -1;
  #lowest = 0;
  #highestTimestamp: RtpTimestamp = toRtpTimestamp(0);
  #highestArrival: Arrival = { latestMs: -Infinity, earliestMs: -Infinity };
  /** No number below this one, nor above `#most`, belongs to the numbering. */
  #least = -Infinity;
  #most = Infinity;
  /** The stretch under way; null before the first number and after a gap. */
  #stretch: Stretch | null = null;
  #lostBefore = 0;
  /** Extended numbers up to this one belong to a stretch that is over, or to a gap. */
  #floor = -Infinity;
  /** Added to a number to give it out. */
  #shift = 0;
  #paddingAt = -Infinity;

  /**
   * Begins at that 16-bit number, which is still to be entered. `room`: how many numbers below it may come later, all
   * of them when left out.
   */
  begin(sequence16: number, ordinal: number, room = Infinity): void {
    this.#arrived.fill(0);
    this.#ordinal = ordinal;
    this.#highest = sequence16 - 1;
    this.#lowest = sequence16;
    this.#least = sequence16 - room;
    this.#most = Infinity;
    this.#stretch = null;
    this.#lostBefore = 0;
    this.#floor = -Infinity;
    this.#shift = 0;
    this.#paddingAt = -Infinity;
  }

  /** The sender counts anew elsewhere: from here on no more than `room` numbers above the highest belong here. */
  end(room: number): void {
    this.#most = this.#highest + room;
  }

  /** 0 for the stream's first numbering, 1 for the next. */
  get ordinal(): number {
    return this.#ordinal;
  }

  /** Arrival of the highest number. */
  get newest(): Arrival {
    return this.#highestArrival;
  }

  /** Numbers that are missing in what counts. */
  get lostCount(): number {
    return this.#lostBefore + (this.#stretch === null ? 0 : lostIn(this.#stretch));
  }

  /** Whether numbers count here without having to begin a stretch. */
  get isCounting(): boolean {
    return this.#stretch !== null;
  }

  /** Whether the number is in no count because it belongs to a gap, or to what is over. */
  isOver(extended: number): boolean {
    return this.#stretch === null || extended <= this.#floor;
  }

  /** The extended number, when it is the one right behind the highest; else null. */
  following(sequence16: number): number | null {
    const next = this.#highest + 1;
    return (next & 0xffff) === sequence16 && next <= this.#most ? next : null;
  }

  /** What the packet is to this numbering; `packetSamples` is the length of the newest packet. */
  fit(packet: NumberedPacket, packetSamples: number): Fit | null {
    const distance = sequenceDistance(packet.sequence, this.#highest & 0xffff);
    const extended = this.#highest + distance;
    if (extended < this.#least || extended > this.#most) return null;
    if (distance > 0) {
      if (this.#stretch !== null && !this.#couldHold(distance - 1, packet, packetSamples))
        return null;
      const step = timestampDistance(packet.timestamp, this.#highestTimestamp);
      if (this.#most !== Infinity && !isClose(step, distance)) return null;
      return { kind: 'next', extended, isSure: this.#isTimely(packet) };
    }
    if (distance <= -REMEMBERED) return null;
    const at = extended & (REMEMBERED - 1);
    const ageMs = this.#ageMs(packet);
    if (this.#arrived[at] === 1) {
      if (this.#timestamps[at] !== packet.timestamp) return null;
      const isSame = this.#marks[at] === markOf(packet.payload);
      return { kind: 'copy', extended, isSure: isSame && ageMs <= MOST_OVERTAKEN_MS };
    }
    if (extended < this.#lowest) {
      const isFirst = this.#wasOvertakenByFirst(extended, packet, packetSamples);
      return isFirst ? { kind: 'overtaken', extended, isSure: true } : null;
    }
    if (!this.#isTimeBetween(extended, packet.timestamp)) return null;
    return { kind: 'overtaken', extended, isSure: ageMs <= MOST_OVERTAKEN_MS };
  }

  /**
   * Whether a packet that is `next` comes a few numbers behind the highest, and by its timestamp in the same talkspurt,
   * or as much later as it arrived, within 100 ms.
   */
  isNear({ sequence, timestamp, arrival }: NumberedPacket): boolean {
    const distance = sequenceDistance(sequence, this.#highest & 0xffff);
    const step = timestampDistance(timestamp, this.#highestTimestamp);
    const waitedMs = arrival.latestMs - this.#highestArrival.latestMs;
    const isPaced = Math.abs(step / SAMPLES_PER_MS - waitedMs) <= MOST_OFF_PACE_MS;
    return distance <= NEAR_NUMBERS && (isPaced || isClose(step, distance));
  }

  /** Numbers that would be lost if the packet were the next one; 0 when it is none, or begins a stretch. */
  missingBefore(packet: NumberedPacket, packetSamples: number): number {
    if (this.#stretch === null) return 0;
    const skipped = sequenceDistance(packet.sequence, this.#highest & 0xffff) - 1;
    return skipped > 0 && this.#couldHold(skipped, packet, packetSamples) ? skipped : 0;
  }

  /** Notes that the number has come. `fit` has to have found that it is `next` or `overtaken`. */
  enter(extended: number, packet: NumberedPacket): void {
    if (extended > this.#highest) {
      const from = Math.max(this.#highest, extended - REMEMBERED);
      for (let number = from + 1; number < extended; number += 1)
        this.#arrived[number & (REMEMBERED - 1)] = 0;
      this.#highest = extended;
      this.#highestTimestamp = packet.timestamp;
      this.#highestArrival = packet.arrival;
    }
    this.#lowest = Math.min(this.#lowest, extended);
    const at = extended & (REMEMBERED - 1);
    this.#arrived[at] = 1;
    this.#timestamps[at] = packet.timestamp;
    this.#marks[at] = markOf(packet.payload);
  }

  /** Begins the stretch in which numbers count, at `extended`, which is given out as `given`. */
  beginStretch(extended: number, given: number): void {
    this.#shift = given - extended;
    this.#stretch = { first: extended, last: extended, arrivedCount: 0 };
  }

  /** Counts a number that has come as no loss, and returns the number to give out for it. */
  give(extended: number): number {
    if (this.#stretch !== null) {
      this.#stretch.first = Math.min(this.#stretch.first, extended);
      this.#stretch.last = Math.max(this.#stretch.last, extended);
      this.#stretch.arrivedCount += 1;
    }
    return extended + this.#shift;
  }

  /** Numbers up to the highest are in no further count. */
  closeStretch(): void {
    if (this.#stretch === null) return;
    this.#lostBefore += lostIn(this.#stretch);
    this.#floor = Math.max(this.#floor, this.#stretch.last);
    this.#stretch = null;
  }

  /** That number passed in a gap. */
  leaveOut(extended: number): void {
    this.#floor = Math.max(this.#floor, extended);
  }

  /** The highest number carried padding alone. */
  notePadding(): void {
    this.#paddingAt = this.#highest;
  }

  /**
   * Whether so many packets fit into the time since the highest number. The sender's clock tells the time, frozen in
   * silence or not; where it leapt, the numbers are believed for a few only.
   */
  #couldHold(count: number, packet: NumberedPacket, packetSamples: number): boolean {
    if (count === 0) return true;
    const isAtPadding = this.#highest - this.#paddingAt <= SPARE_NUMBERS_AT_PADDING;
    const spare = isAtPadding ? SPARE_NUMBERS_AT_PADDING : SPARE_NUMBERS;
    const step = timestampDistance(packet.timestamp, this.#highestTimestamp);
    const waited = packet.arrival.latestMs - this.#highestArrival.earliestMs;
    const isCredible = step > 0 && step <= waited * SAMPLES_PER_MS + MOST_HELD_SAMPLES;
    const held = isCredible ? Math.max(0, step / packetSamples - 1) : 0;
    return count <= held + spare;
  }

  /** Whether the packet was sent behind the highest number, and does not come 100 ms before its timestamp says. */
  #isTimely({ timestamp, arrival }: NumberedPacket): boolean {
    const stepMs = timestampDistance(timestamp, this.#highestTimestamp) / SAMPLES_PER_MS;
    return (
      stepMs > 0 && stepMs <= arrival.latestMs - this.#highestArrival.earliestMs + MOST_OFF_PACE_MS
    );
  }

  /** How long ago an older packet was sent, at least, measured from where the highest number arrived. */
  #ageMs({ timestamp, arrival }: NumberedPacket): number {
    const behind = timestampDistance(this.#highestTimestamp, timestamp);
    const isCredible = behind > 0 && behind <= MOST_BEHIND_SAMPLES;
    const sinceMs = Math.max(0, arrival.earliestMs - this.#highestArrival.latestMs);
    return sinceMs + (isCredible ? behind / SAMPLES_PER_MS : 0);
  }

  /**
   * Whether the timestamp is between those of the nearest numbers that came, or close to one of them, since the
   * sender's clock may have leapt at the missing number.
   */
  #isTimeBetween(extended: number, timestamp: RtpTimestamp): boolean {
    const after = this.#nearest(extended, 1, this.#highest);
    const oldest = Math.max(this.#lowest, this.#highest - REMEMBERED + 1);
    const before = this.#nearest(extended, -1, oldest);
    const toAfter = timestampDistance(this.#timestampOf(after ?? this.#highest), timestamp);
    if (before === null) return toAfter >= 0;
    const fromBefore = timestampDistance(timestamp, this.#timestampOf(before));
    if (fromBefore >= 0 && toAfter >= 0) return true;
    return (
      isClose(fromBefore, extended - before) ||
      isClose(toAfter, (after ?? this.#highest) - extended)
    );
  }

  /**
   * Whether a number below the lowest was sent right before it: it comes within 300 ms, and the time between the two can
   * have held the numbers between.
   */
  #wasOvertakenByFirst(extended: number, packet: NumberedPacket, packetSamples: number): boolean {
    const behind = timestampDistance(this.#timestampOf(this.#lowest), packet.timestamp);
    const between = this.#lowest - extended - 1;
    return (
      behind > 0 &&
      between <= behind / packetSamples - 1 + SPARE_NUMBERS &&
      behind <= MOST_OVERTAKEN_AT_START_MS * SAMPLES_PER_MS &&
      this.#ageMs(packet) <= MOST_OVERTAKEN_AT_START_MS
    );
  }

  /** The nearest number from `extended` to `limit` that came; null when none did. */
  #nearest(extended: number, direction: 1 | -1, limit: number): number | null {
    for (let at = extended + direction; (limit - at) * direction >= 0; at += direction)
      if (this.#arrived[at & (REMEMBERED - 1)] === 1) return at;
    return null;
  }

  #timestampOf(extended: number): RtpTimestamp {
    return toRtpTimestamp(this.#timestamps[extended & (REMEMBERED - 1)] ?? 0);
  }
}

/** Whether so many numbers can follow each other within that time, without a pause. */
function isClose(samples: number, numbers: number): boolean {
  return samples >= 0 && samples <= numbers * LONGEST_PACKET_SAMPLES;
}

function lostIn({ first, last, arrivedCount }: Stretch): number {
  return last - first + 1 - arrivedCount;
}
