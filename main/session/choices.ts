import type { Snowflake } from '../base/snowflake.ts';

/** Who chose that somebody is left out: whoever records, or the person. */
export type Chooser = 'operator' | 'person';

/** Who is left out of recordings: by the operator, and by themselves. */
export interface LeftOutPeople {
  readonly excluded: readonly Snowflake[];
  readonly refused: readonly Snowflake[];
}

/** Nobody has chosen anything. */
export const NOBODY_LEFT_OUT: LeftOutPeople = { excluded: [], refused: [] };

/** Somebody is to be left out from here on, or not any more. */
export interface Choice {
  readonly userId: Snowflake;
  readonly excluded: boolean;
  readonly by: Chooser;
}

/** Who is left out, and by whose choice. Neither the operator nor the person takes back what the other chose. */
export class Choices {
  readonly #excluded: Set<Snowflake>;
  readonly #refused: Set<Snowflake>;

  constructor({ excluded, refused }: LeftOutPeople) {
    this.#excluded = new Set(excluded);
    this.#refused = new Set(refused);
  }

  /** Whose choice leaves that person out, the person's own before the operator's; null when nobody's does. */
  leftOutBy(userId: Snowflake): Chooser | null {
    if (this.#refused.has(userId)) return 'person';
    return this.#excluded.has(userId) ? 'operator' : null;
  }

  /** Everyone who is left out. */
  leftOut(): readonly Snowflake[] {
    return [...new Set([...this.#excluded, ...this.#refused])];
  }

  choose({ userId, excluded, by }: Choice): void {
    const list = by === 'person' ? this.#refused : this.#excluded;
    if (excluded) list.add(userId);
    else list.delete(userId);
  }

  people(): LeftOutPeople {
    return { excluded: [...this.#excluded], refused: [...this.#refused] };
  }
}
