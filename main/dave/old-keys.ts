import type { Snowflake } from '../base/snowflake.ts';

/** How long keys open late frames once newer ones are in force (DAVE protocol, "protocol version changes"). */
const OLD_KEYS_MS = 10_000;

/** Groups kept at once: more than a server makes within 10 s. */
const GROUPS_AT_MOST = 4;

/** A group that we left, as far as it still opens frames. */
export interface Opener {
  readonly open: (userId: Snowflake, frame: Uint8Array) => Uint8Array | null;
}

/**
 * Groups that we left. Other members send with the keys of such a group until a new group is in force, however long
 * that takes, and their packets may be 10 s late after that.
 */
export class OldKeys {
  #groups: { readonly opener: Opener; untilMs: number }[] = [];

  /** Keeps a group until 10 s after `supersede`; a fifth one replaces the oldest. */
  keep(opener: Opener): void {
    this.#groups = [{ opener, untilMs: Infinity }, ...this.#groups].slice(0, GROUPS_AT_MOST);
  }

  /** A newer group, or version 0, came into force. */
  supersede(nowMs: number): void {
    for (const group of this.#groups) group.untilMs = Math.min(group.untilMs, nowMs + OLD_KEYS_MS);
  }

  /** The Opus packet in a late frame of `userId`; null when no kept group opens it. */
  open(userId: Snowflake, frame: Uint8Array, nowMs: number): Uint8Array | null {
    if (this.#groups.length === 0) return null;
    this.#groups = this.#groups.filter(({ untilMs }) => untilMs > nowMs);
    for (const { opener } of this.#groups) {
      const opus = opener.open(userId, frame);
      if (opus !== null) return opus;
    }
    return null;
  }

  clear(): void {
    this.#groups = [];
  }
}
