import type { Snowflake } from '../base/snowflake.ts';

/** Keys are late for a second or two at every change; longer than this a person should know. */
const TROUBLE_MS = 5_000;

/** Whose sound cannot be decrypted for so long that it is worth a word; each trouble once. */
export class UnreadableWatch {
  readonly #sinceMs = new Map<Snowflake, number>();
  readonly #told = new Set<Snowflake>();

  /** Of those who cannot be understood now, the ones to tell of now. To be asked about once a second. */
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
