import type { Arrival } from './arrival.ts';
import type { NumberedPacket } from './numbered-packet.ts';
import {
  type Fit,
  LONGEST_PACKET_SAMPLES,
  MOST_HELD_SAMPLES,
  MOST_OFF_PACE_MS,
  MOST_OVERTAKEN_MS,
  Numbering,
} from './numbering.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';

/**
 * What can become of a number that arrived: its packet is written, too late, not to be decrypted, without audio, or lost
 * to a fault of our own.
 */
export type SequenceOutcome = 'packets' | 'late' | 'undecryptable' | 'padding' | 'lost';

/** Each number of the stream is in one count; `duplicate` counts copies on top. */
export type SequenceCounts = Readonly<Record<SequenceOutcome | 'duplicate', number>>;

/** A packet that the ledger kept until the packets behind it showed what it is. */
export interface SettledPacket<Packet> {
  readonly packet: Packet;
  /** As `admit` gives it; null: the packet belongs to nobody. */
  readonly sequence: number | null;
  /**
   * Set for the first packet of a sender that counts anew: the numbers from here up to `sequence` are free for packets
   * that others have overtaken. None of them is missing.
   */
  readonly freeFrom: number | null;
}

interface KeptPacket<Packet> {
  readonly packet: Packet;
  readonly fit: Fit | null;
  /** How many times the stream had gone on when the packet came. */
  readonly turn: number;
}

/** Packets kept at most: far more than the network reorders where a sender begins to count anew. */
const MOST_KEPT = 16;

/** A kept packet is given up when the stream goes on, unless it came less than 500 ms ago: it may be overtaken. */
const KEPT_MS = 500;

/** Two packets in a row go on when their numbers are no further apart: some between them may be lost or overtaken. */
const MOST_APART = 16;

/** Numbers left free on each side where a sender counts anew, for packets that others have overtaken there. */
const ROOM = 8;

/** Payloads of silence are all alike, and say nothing about which packet it is. */
const MOST_ALIKE_BYTES = 3;

/**
 * The books of one SSRC: each sequence number is in one count, whatever the network does to it. A number is a duplicate
 * only with the same timestamp. Two packets in a row whose numbers and times go on, but not from the packets before
 * them, show that the sender counts anew: the stream goes on with them, and nothing is lost between. Lost are the
 * numbers that never arrived between the first and the last that did; numbers that pass during a gap are in no count.
 */
export class SequenceLedger<Packet extends NumberedPacket> {
  readonly #outcomes: Record<SequenceOutcome, number> = {
    packets: 0,
    late: 0,
    undecryptable: 0,
    padding: 0,
    lost: 0,
  };
  #duplicateCount = 0;
  #current = new Numbering();
  #hasBegun = false;
  /** How the sender counted before; null in the first numbering. */
  #previous: Numbering | null = null;
  #previousEndedAtMs = -Infinity;
  /** Lost in numberings before `#previous`. */
  #lostBefore = 0;
  #inGap = false;
  /** Packets that may belong to a sender who counts anew, in order of arrival. */
  readonly #kept: KeptPacket<Packet>[] = [];
  /** How many times the stream has gone on while packets were kept. */
  #turn = 0;
  #settled: SettledPacket<Packet>[] = [];
  /** The highest number that was given out. */
  #newest: number | null = null;
  /** The lowest number that `#current` may give out. */
  #currentFrom = -Infinity;
  /** Length of the newest packet: how many numbers a silence can have held. */
  #packetSamples = 960;

  /**
   * Takes a packet, in order of arrival. The number: extended, it grows by one from packet to packet, through wraps and
   * through senders that count anew. Null for a duplicate, which is counted, for a number of a gap, and for a packet that
   * is kept. `takeSettled` has to be asked behind every call.
   */
  admit(packet: Packet): number | null {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#current.begin(packet.sequence, 0);
    }
    const following = this.#current.following(packet.sequence);
    if (following !== null) {
      if (this.#kept.length > 0 && this.#repeatsNumbers(packet)) return this.#keep(packet, null);
      if (!this.#hasJustBegunAnew(packet))
        return this.#enter(this.#current, { kind: 'next', extended: following }, packet);
    }
    const fit = this.#current.fit(packet, this.#packetSamples);
    if (fit?.kind === 'copy' && fit.isSure) return this.#keep(packet, fit);
    if (fit?.kind === 'overtaken' && this.#kept.length > 0 && this.#repeatsNumbers(packet))
      return this.#keep(packet, fit);
    const before = this.#fitBefore(packet);
    const isAlike = packet.payload.byteLength <= MOST_ALIKE_BYTES;
    if (before?.kind === 'copy' && !(isAlike && fit?.isSure === true))
      return this.#noteCopy(before);
    if (fit?.isSure === true) return this.#enter(this.#current, fit, packet);
    if (before !== null && before.kind !== 'copy') return this.#enterBefore(before, packet);
    if (fit?.kind === 'next') return this.#enter(this.#current, fit, packet);
    return this.#keep(packet, fit);
  }

  /** Packets that were kept and are not any more, in order; each is given once. */
  takeSettled(): readonly SettledPacket<Packet>[] {
    if (this.#settled.length === 0) return this.#settled;
    const settled = this.#settled;
    this.#settled = [];
    return settled;
  }

  /** The stream is over, or a gap begins: nothing shows any more what the packets are that are kept. */
  settle(): void {
    for (const kept of this.#kept.splice(0)) this.#giveUp(kept);
  }

  /** Says what became of a number that `admit` or `takeSettled` gave; to be said once of each. */
  count(outcome: SequenceOutcome): void {
    this.#outcomes[outcome] += 1;
    if (outcome === 'padding') this.#current.notePadding();
  }

  /** The newest packet lasts so many samples. */
  lasts(packetSamples: number): void {
    this.#packetSamples = packetSamples;
  }

  /** From here on numbers are in no count, and leave no hole: a gap, a pause, an exclusion. */
  beginGap(): void {
    this.settle();
    this.#inGap = true;
    this.#closeStretches();
  }

  /** Numbers count again, from the next one that arrives. */
  endGap(): void {
    this.settle();
    this.#inGap = false;
  }

  /** Numbers that are missing before the next packet are in no count. */
  leaveOutMissing(): void {
    this.#closeStretches();
  }

  /**
   * Whether the packet is this sender's, and not a stranger's who begins to count at random: of those, one in a million
   * has a number and a time that go on here.
   */
  surelyGoesOn(packet: NumberedPacket): boolean {
    const fit = this.#hasBegun ? this.#current.fit(packet, this.#packetSamples) : null;
    if (fit?.isSure !== true) return false;
    return fit.kind !== 'next' || this.#current.isNear(packet);
  }

  /** How many numbers would be lost before that packet; 0 when it is not new, or comes behind a gap. */
  missingBefore(packet: NumberedPacket): number {
    return this.#hasBegun ? this.#current.missingBefore(packet, this.#packetSamples) : 0;
  }

  /** Samples that `count` packets like the newest last. */
  samplesOf(count: number): number {
    return count * this.#packetSamples;
  }

  /** Of a number that was given out: how many times the sender had begun to count anew before it. */
  numberingOf(sequence: number): number {
    return sequence >= this.#currentFrom ? this.#current.ordinal : this.#current.ordinal - 1;
  }

  /** Arrival of the highest number; −Infinity before the first. */
  get newest(): Arrival {
    return this.#current.newest;
  }

  counts(): SequenceCounts {
    const { packets, late, undecryptable, padding, lost } = this.#outcomes;
    const missing = this.#lostBefore + this.#current.lostCount + (this.#previous?.lostCount ?? 0);
    const copies = this.#kept.filter(({ fit }) => this.#isDuplicate(fit)).length;
    return {
      packets,
      lost: missing + lost,
      late,
      undecryptable,
      padding,
      duplicate: this.#duplicateCount + copies,
    };
  }

  /** Takes a number of the numbering under way that is `next` or `overtaken`, and gives it as `admit` does. */
  #enter(numbering: Numbering, fit: Pick<Fit, 'kind' | 'extended'>, packet: Packet): number | null {
    const { kind, extended } = fit;
    numbering.enter(extended, packet);
    if (kind === 'next' && this.#kept.length > 0) this.#goOn(packet.arrival);
    if (this.#inGap) {
      numbering.leaveOut(extended);
      return null;
    }
    if (kind === 'next' && !numbering.isCounting) this.#beginStretch(numbering, extended);
    else if (numbering.isOver(extended)) return null; // sent before the gap was over
    return this.#give(numbering, extended);
  }

  /** As `#enter`, for the numbering before the one under way. */
  #enterBefore({ extended }: Fit, packet: Packet): number | null {
    const previous = this.#previous;
    if (previous === null) return null;
    previous.enter(extended, packet);
    return this.#inGap || previous.isOver(extended) ? null : this.#give(previous, extended);
  }

  #give(numbering: Numbering, extended: number): number {
    const given = numbering.give(extended);
    this.#newest = Math.max(this.#newest ?? given, given);
    return given;
  }

  #beginStretch(numbering: Numbering, extended: number): void {
    const given = this.#newest === null ? extended : this.#newest + 1;
    if (this.#currentFrom === Infinity) this.#currentFrom = given;
    numbering.beginStretch(extended, given);
  }

  #closeStretches(): void {
    this.#current.closeStretch();
    this.#previous?.closeStretch();
  }

  /** What the packet surely is to the numbering before the one under way; null when that is over, or it is nothing. */
  #fitBefore(packet: Packet): Fit | null {
    if (this.#previous === null || !this.#hasJustBegunAnew(packet)) return null;
    const fit = this.#previous.fit(packet, this.#packetSamples);
    return fit?.isSure === true ? fit : null;
  }

  /** Whether packets that were sent before the sender counted anew may still come. */
  #hasJustBegunAnew({ arrival }: Packet): boolean {
    return arrival.earliestMs - this.#previousEndedAtMs <= MOST_OVERTAKEN_MS;
  }

  #noteCopy({ extended }: Fit): null {
    if (this.#previous?.isOver(extended) === false) this.#duplicateCount += 1;
    return null;
  }

  /** Keeps a packet that does not go on from the packets before it, unless one that is kept shows what it is. */
  #keep(packet: Packet, fit: Fit | null): null {
    const kept = { packet, fit, turn: this.#turn };
    const showsAnew = this.#kept.some(
      (before) =>
        before.turn === this.#turn &&
        goesOn(before.packet, packet) &&
        !(isNetworkCopy(before) && isNetworkCopy(kept)),
    );
    this.#kept.push(kept);
    if (showsAnew) this.#beginAnew(packet);
    else if (this.#kept.length > MOST_KEPT) this.#giveUpOldest();
    return null;
  }

  /**
   * Whether the packet, whose number is the next one or missing, goes on at its pace from a packet that came at the
   * number of another.
   */
  #repeatsNumbers(packet: Packet): boolean {
    return this.#kept.some(
      (kept) =>
        kept.turn === this.#turn &&
        !isNetworkCopy(kept) &&
        kept.fit?.kind !== 'overtaken' &&
        goesOn(kept.packet, packet) &&
        isPaced(kept.packet, packet),
    );
  }

  /** The stream has gone on: packets that are kept and came before are not in a row with later ones. */
  #goOn({ earliestMs }: Arrival): void {
    this.#turn += 1;
    const isOverdue = (kept: KeptPacket<Packet> | undefined): boolean =>
      kept !== undefined && earliestMs - kept.packet.arrival.latestMs > KEPT_MS;
    while (isOverdue(this.#kept[0])) this.#giveUpOldest();
  }

  #giveUpOldest(): void {
    const oldest = this.#kept.shift();
    if (oldest !== undefined) this.#giveUp(oldest);
  }

  /** The sender does not count anew: the packet is what it is to the numbering under way. */
  #giveUp({ packet }: KeptPacket<Packet>): void {
    const fit = this.#current.fit(packet, this.#packetSamples);
    if (this.#isDuplicate(fit)) {
      this.#duplicateCount += 1;
    } else if (fit?.kind === 'overtaken') {
      const sequence = this.#enter(this.#current, fit, packet);
      if (sequence !== null) this.#settled.push({ packet, sequence, freeFrom: null });
    } else if (fit === null && !this.#inGap) {
      this.#settled.push({ packet, sequence: null, freeFrom: null });
    }
  }

  #isDuplicate(fit: Fit | null): boolean {
    return fit?.kind === 'copy' && !this.#inGap && !this.#current.isOver(fit.extended);
  }

  /** The stream goes on with `newest` and the kept packets that go with it; the others are given up. */
  #beginAnew(newest: Packet): void {
    const all = this.#kept.splice(0);
    const isMember = (kept: KeptPacket<Packet>): boolean =>
      kept.packet === newest ||
      (goesOn(kept.packet, newest) && (!isNetworkCopy(kept) || isPaced(kept.packet, newest)));
    for (const kept of all) if (!isMember(kept)) this.#giveUp(kept);
    const members = all
      .filter(isMember)
      .map(({ packet }) => packet)
      .sort((a, b) => sequenceDistance(a.sequence, b.sequence));
    this.#beginNumbering(members[0] ?? newest);
    for (const packet of members) this.#enterAnew(packet);
  }

  #beginNumbering({ sequence, arrival }: Packet): void {
    const ended = this.#current;
    ended.end(ROOM);
    this.#lostBefore += this.#previous?.lostCount ?? 0;
    this.#current = this.#previous ?? new Numbering();
    this.#current.begin(sequence, ended.ordinal + 1, ROOM);
    this.#previous = ended;
    this.#previousEndedAtMs = arrival.latestMs;
    this.#currentFrom = Infinity;
  }

  /** Takes a packet of the numbering that has just begun. */
  #enterAnew(packet: Packet): void {
    const numbering = this.#current;
    const fit = numbering.fit(packet, this.#packetSamples);
    if (fit?.kind === 'copy') {
      if (this.#isDuplicate(fit)) this.#duplicateCount += 1;
      return;
    }
    if (fit === null) {
      this.#settled.push({ packet, sequence: null, freeFrom: null });
      return;
    }
    const free = this.#newest !== null && !this.#inGap && !numbering.isCounting;
    const freeFrom = free ? (this.#newest ?? 0) + 1 : null;
    if (freeFrom !== null) {
      this.#currentFrom = freeFrom + ROOM;
      numbering.beginStretch(fit.extended, freeFrom + 2 * ROOM);
    }
    const sequence = this.#enter(numbering, fit, packet);
    if (sequence !== null) this.#settled.push({ packet, sequence, freeFrom });
  }
}

/** Whether one of two packets comes 1 to 16 numbers behind the other, and its time too, as a sender's do. */
function goesOn(a: NumberedPacket, b: NumberedPacket): boolean {
  const distance = sequenceDistance(b.sequence, a.sequence);
  const step = timestampDistance(b.timestamp, a.timestamp) * Math.sign(distance);
  const apart = Math.abs(distance);
  const waitedMs = Math.abs(b.arrival.latestMs - a.arrival.earliestMs);
  // Time for 120 ms of each number, and for the network to hold one of the two packets.
  const most = apart * LONGEST_PACKET_SAMPLES + waitedMs * SAMPLES_PER_MS + MOST_HELD_SAMPLES;
  return apart > 0 && apart <= MOST_APART && step > 0 && step <= most;
}

/** Whether the later of two packets came as much later, within 100 ms, as its timestamp says. */
function isPaced(a: NumberedPacket, b: NumberedPacket): boolean {
  const stepMs = timestampDistance(b.timestamp, a.timestamp) / SAMPLES_PER_MS;
  return Math.abs(b.arrival.latestMs - a.arrival.latestMs - stepMs) <= MOST_OFF_PACE_MS;
}

/** Whether number, time and payload have come before, not long ago: the network made it. */
function isNetworkCopy({ fit }: { readonly fit: Fit | null }): boolean {
  return fit?.kind === 'copy' && fit.isSure;
}
