import type { Snowflake } from '../base/snowflake.ts';

/** What comes before its key waits 2 s for it: only then is sound lost, and a person should know. */
const TROUBLE_MS = 2_000;

/** Whose sound cannot be decrypted for so long that it is lost; each trouble once. */
export class UnreadableWatch {
  readonly #sinceMs = new Map<Snowflake, number>();
  #troubled: ReadonlyMap<Snowflake, number> = new Map();

  /** Those whose trouble lasts, with the time on the clock of `update` since which nothing of theirs could be decrypted. */
  get troubled(): ReadonlyMap<Snowflake, number> {
    return this.#troubled;
  }

  /** Of those who cannot be understood now, the ones to tell of now. To be asked several times a second. */
  update(unreadable: readonly Snowflake[], nowMs: number): readonly Snowflake[] {
    for (const userId of this.#sinceMs.keys()) {
      if (!unreadable.includes(userId)) this.#sinceMs.delete(userId);
    }
    for (const userId of unreadable) {
      if (!this.#sinceMs.has(userId)) this.#sinceMs.set(userId, nowMs);
    }
    const before = this.#troubled;
    this.#troubled = new Map(
      [...this.#sinceMs].filter(([, sinceMs]) => nowMs - sinceMs >= TROUBLE_MS),
    );
    return [...this.#troubled.keys()].filter((userId) => !before.has(userId));
  }
}
