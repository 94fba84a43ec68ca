import type { Snowflake } from '../base/snowflake.ts';

/**
 * So many frames in a row that stayed closed mean that we are in the wrong group: 0.7 s of one speaker, and more than
 * ordinary transitions cost. The number is that of `@discordjs/voice`; observed after a new group: up to 24.
 */
const GIVEN_UP_AT_MOST = 36;

/** Frames given up so soon after keys changed are from before the change: each waits 2 s, and packets are late. */
const SETTLE_MS = 3_000;

/** A new group takes up to 2 s; beginning another one meanwhile would undo it. */
const HEAL_AT_MOST_EVERY_MS = 10_000;

/** Attempts in a row that may fail: a server that has not taken us back five times will not do so the sixth time. */
const IN_A_ROW = 5;

/**
 * Decides when to begin a new group: after a commit or welcome that cannot be followed, or when frames that should open
 * do not. Pure: time is an argument.
 */
export class Healing {
  #faults = 0;
  #givenUp = 0;
  #heals = 0;
  #lastTryMs = -Infinity;
  #keysChangedMs = -Infinity;
  /** Whose frames have opened in our group since keys changed last. */
  readonly #heard = new Set<Snowflake>();

  /** Counts a commit or welcome that cannot be followed: false from the sixth on since we last joined a group. */
  mayReport(): boolean {
    this.#faults += 1;
    return this.#faults <= IN_A_ROW;
  }

  /** A commit or welcome was adopted: we are in a group. */
  takenIn(): void {
    this.#faults = 0;
  }

  /** A commit, welcome or transition took effect. */
  keysChanged(nowMs: number): void {
    this.#keysChangedMs = nowMs;
    this.#givenUp = 0;
    this.#heard.clear();
  }

  /** We left our group for another one. */
  groupLeft(): void {
    this.#heard.clear();
  }

  /** A frame of `userId` opened with the keys of our group, not of one that we left: our group is the right one. */
  opened(userId: Snowflake): void {
    this.#heard.add(userId);
    this.#givenUp = 0;
    this.#heals = 0;
  }

  /**
   * A frame of `userId` that should have opened did not. While frames of other users open, it counts only when one of
   * `userId` has opened too since keys changed. `exhausted` takes the place of `heal` after five that did not help.
   */
  gaveUp(userId: Snowflake, nowMs: number): 'wait' | 'heal' | 'exhausted' {
    if (nowMs < this.#keysChangedMs + SETTLE_MS) return 'wait';
    if (this.#heard.size > 0 && !this.#heard.has(userId)) return 'wait';
    this.#givenUp += 1;
    if (this.#givenUp < GIVEN_UP_AT_MOST) return 'wait';
    if (nowMs < this.#lastTryMs + HEAL_AT_MOST_EVERY_MS) return 'wait';
    this.#givenUp = 0;
    this.#lastTryMs = nowMs;
    if (this.#heals >= IN_A_ROW) return 'exhausted';
    this.#heals += 1;
    return 'heal';
  }
}
