import type { Snowflake } from '../base/snowflake.ts';
import type { Arrival } from '../rtp/arrival.ts';

/**
 * Of whom no packet is kept, and from when on those are kept who were left out before. Packets may wait long for their
 * name: what was said while its person was left out is not kept later either. Times are monotonic.
 */
export class LeftOut {
  readonly #who: Set<Snowflake>;
  readonly #keptFromMs = new Map<Snowflake, number>();
  /** When somebody was taken back last. */
  #takenBackAtMs = -Infinity;

  constructor(who: Iterable<Snowflake>) {
    this.#who = new Set(who);
  }

  /** Whether anybody is left out. */
  get isAnybody(): boolean {
    return this.#who.size > 0;
  }

  add(userId: Snowflake): void {
    this.#who.add(userId);
  }

  /** Packets of that person are kept that arrive from `nowMs` on. */
  takeBack(userId: Snowflake, nowMs: number): void {
    if (this.#who.delete(userId)) this.#takenBackAtMs = nowMs;
    this.keepFrom(userId, nowMs);
  }

  /** Of that person nothing is kept that arrived before `nowMs`. */
  keepFrom(userId: Snowflake, nowMs: number): void {
    this.#keptFromMs.set(userId, nowMs);
  }

  /** Whether a packet of that person, which arrived then, is not to be kept. */
  covers(userId: Snowflake, { latestMs }: Arrival): boolean {
    return this.#who.has(userId) || latestMs < (this.#keptFromMs.get(userId) ?? -Infinity);
  }

  /** Whether a packet of nobody knows whom, which arrived then, may be of somebody who was left out. */
  mayCover({ latestMs }: Arrival): boolean {
    return this.isAnybody || latestMs < this.#takenBackAtMs;
  }
}
