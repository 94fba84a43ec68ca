import type { Snowflake } from '../base/snowflake.ts';

/**
 * So many frames in a row that could not be opened mean that our group is not the others': 0.7 s of one speaker, and
 * more than ordinary transitions cost. Observed in `@discordjs/voice`, whose number it is: up to 24 after a new group.
 */
const GIVEN_UP_AT_MOST = 36;

/** After keys changed, frames from before the change are still given up: each waits 2 s, and packets are late. */
const SETTLE_MS = 3_000;

/** A new group takes two seconds at most; sooner again would undo what is under way. */
const HEAL_AT_MOST_EVERY_MS = 10_000;

/** A voice server that does not take us back five times will not do so the sixth time. */
const IN_A_ROW = 5;

/**
 * Decides when to begin again: because of a message that cannot be followed, or because nothing opens although by all
 * signs it should. Pure: time is an argument.
 */
export class Healing {
  #faults = 0;
  #givenUp = 0;
  #heals = 0;
  #lastTryMs = -Infinity;
  #keysChangedMs = -Infinity;
  /** Whose frames have opened in our group since keys changed last. */
  readonly #heard = new Set<Snowflake>();

  /** A commit or welcome that cannot be followed: false after five without having been in a group in between. */
  mayReport(): boolean {
    this.#faults += 1;
    return this.#faults <= IN_A_ROW;
  }

  /** We are in a group. */
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

  /** A frame of theirs opened in the group that we are in, not in one that we left: it is the right one. */
  opened(userId: Snowflake): void {
    this.#heard.add(userId);
    this.#givenUp = 0;
    this.#heals = 0;
  }

  /**
   * A frame of theirs that should have opened did not. While others' frames open, that is only our fault when theirs
   * did as well. `exhausted` comes in the place of `heal` after five that did not help.
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
