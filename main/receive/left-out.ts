import type { Snowflake } from '../base/snowflake.ts';
import type { Arrival } from '../rtp/arrival.ts';
import { sequenceDistance, timestampDistance } from '../rtp/sequence.ts';
import { factsOf, type PacketFacts } from './received-packet.ts';

/** Packets that others have overtaken come no later than this. */
const OVERTAKEN_MS = 2_000;

/** So many packets of 20 ms are under way at most, and so much time is between any two of them, in samples. */
const NEAR_NUMBERS = 100;
const NEAR_SAMPLES = 96_000;

/** More SSRCs than any call has: a server that invents them cannot fill the memory. */
const MOST_SSRCS = 4_096;

/** A packet that was not kept, whose it was, and whether they have left since: only then may the SSRC be another's. */
interface DroppedPacket {
  readonly userId: Snowflake;
  readonly facts: PacketFacts;
  readonly hasLeft: boolean;
}

/**
 * Of whom no packet is kept, and from when on those are kept who were left out before. Packets may wait long for their
 * name: what was said while its person was left out is not kept later either. Times are monotonic.
 */
export class LeftOut {
  readonly #who: Set<Snowflake>;
  readonly #keptFromMs = new Map<Snowflake, number>();
  /** The newest packet of each SSRC that was not kept, and whose it was. */
  readonly #newest = new Map<number, DroppedPacket>();
  /** When somebody was taken back last. */
  #takenBackAtMs = -Infinity;

  /** Who wants to be kept, where everybody else is left out; null where they are not. */
  readonly #kept: Set<Snowflake> | null;

  /** `others`: of everybody who is not in `who`. */
  constructor(who: Iterable<Snowflake>, others: 'kept' | 'left out' = 'kept') {
    this.#who = new Set(who);
    this.#kept = others === 'kept' ? null : new Set();
  }

  /** Whether anybody is left out. */
  get isAnybody(): boolean {
    return this.#who.size > 0 || this.#kept !== null;
  }

  add(userId: Snowflake): void {
    this.#who.add(userId);
    this.#kept?.delete(userId);
  }

  /** Packets of that person are kept that arrive from `nowMs` on. */
  takeBack(userId: Snowflake, nowMs: number): void {
    if (this.#isOut(userId)) this.#takenBackAtMs = nowMs;
    this.#who.delete(userId);
    this.#kept?.add(userId);
    this.keepFrom(userId, nowMs);
  }

  /** Of that person nothing is kept that arrived before `nowMs`. */
  keepFrom(userId: Snowflake, nowMs: number): void {
    this.#keptFromMs.set(userId, nowMs);
  }

  /** Whether a packet of that person, which arrived then, is not to be kept. */
  covers(userId: Snowflake, { latestMs }: Arrival): boolean {
    return this.#isOut(userId) || latestMs < (this.#keptFromMs.get(userId) ?? -Infinity);
  }

  /** Whether a packet of nobody knows whom, which arrived then, may be of somebody who was left out. */
  mayCover({ latestMs }: Arrival): boolean {
    return this.isAnybody || latestMs < this.#takenBackAtMs;
  }

  /** A packet was not kept. */
  drop(dropped: DroppedPacket): void {
    const { ssrc } = dropped.facts;
    this.#newest.delete(ssrc);
    this.#newest.set(ssrc, dropped);
    const [first] = this.#newest.keys();
    if (this.#newest.size > MOST_SSRCS && first !== undefined) this.#newest.delete(first);
  }

  /** That person gave up their SSRCs. */
  left(userId: Snowflake): void {
    for (const [ssrc, dropped] of this.#newest)
      if (dropped.userId === userId) this.#newest.set(ssrc, { ...dropped, hasLeft: true });
  }

  /**
   * Drops a packet that was under way when its person, who is left out, left: it goes on from theirs, whoever has the
   * SSRC by now. False for any other packet, which is not dropped.
   */
  dropOvertaken(packet: PacketFacts): boolean {
    const newest = this.#newest.get(packet.ssrc);
    if (newest?.hasLeft !== true || !this.#isOut(newest.userId)) return false;
    if (!isNear(packet, newest.facts)) return false;
    this.drop({ ...newest, facts: factsOf(packet) });
    return true;
  }

  #isOut(userId: Snowflake): boolean {
    return this.#who.has(userId) || this.#kept?.has(userId) === false;
  }

  /** The voice session is over, and with it its SSRCs. */
  forgetSsrcs(): void {
    this.#newest.clear();
  }
}

function isNear(one: PacketFacts, other: PacketFacts): boolean {
  return (
    one.arrival.latestMs - other.arrival.latestMs <= OVERTAKEN_MS &&
    Math.abs(sequenceDistance(one.sequence, other.sequence)) <= NEAR_NUMBERS &&
    Math.abs(timestampDistance(one.timestamp, other.timestamp)) <= NEAR_SAMPLES
  );
}
