import type { Snowflake } from '../base/snowflake.ts';

/** How long sound may fail to decrypt before a person is told: keys are late by a second or two at every change. */
const TROUBLE_MS = 5_000;

/** Finds people whose sound has not decrypted for 5 s: each once, until it decrypts again. */
export class UnreadableWatch {
  readonly #sinceMs = new Map<Snowflake, number>();
  readonly #told = new Set<Snowflake>();

  /**
   * Takes everyone whose sound does not decrypt, and returns those of whom to tell. To be called about once a second.
   */
  update(unreadable: readonly Snowflake[], nowMs: number): readonly Snowflake[] {
    for (const userId of this.#sinceMs.keys()) {
      if (unreadable.includes(userId)) continue;
      this.#sinceMs.delete(userId);
      this.#told.delete(userId);
    }
    for (const userId of unreadable) {
      if (!this.#sinceMs.has(userId)) this.#sinceMs.set(userId, nowMs);
    }
    const due = unreadable.filter(
      (userId) =>
        nowMs - (this.#sinceMs.get(userId) ?? nowMs) >= TROUBLE_MS && !this.#told.has(userId),
    );
    for (const userId of due) this.#told.add(userId);
    return due;
  }
}
