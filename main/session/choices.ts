import type { Snowflake } from '../base/snowflake.ts';

/** Who chose that somebody is left out: whoever records, or the person. */
export type Chooser = 'operator' | 'person';

/** Who is left out of recordings: by the operator, and by themselves. */
export interface LeftOutPeople {
  readonly excluded: readonly Snowflake[];
  readonly refused: readonly Snowflake[];
}

/** Who is left out of one recording. */
export interface LeftOutOfOne extends LeftOutPeople {
  /** Whether everybody is left out until they agree. */
  readonly asksFirst: boolean;
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
  /** Who agreed, where everybody is asked first; null where they are not. */
  readonly #agreed: Set<Snowflake> | null;

  constructor({ excluded, refused, asksFirst = false }: LeftOutPeople & Partial<LeftOutOfOne>) {
    this.#excluded = new Set(excluded);
    this.#refused = new Set(refused);
    this.#agreed = asksFirst ? new Set() : null;
  }

  /** Whether everybody is left out until they agree. */
  get asksFirst(): boolean {
    return this.#agreed !== null;
  }

  /** Whether that person is left out: by a choice, or because they were asked and have not agreed. */
  isLeftOut(userId: Snowflake): boolean {
    return this.leftOutBy(userId) !== null || this.#agreed?.has(userId) === false;
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
    if (by === 'person' && this.#agreed !== null) {
      if (excluded) this.#agreed.delete(userId);
      else this.#agreed.add(userId);
      this.#refused.delete(userId); // they were asked anew
      return;
    }
    const list = by === 'person' ? this.#refused : this.#excluded;
    if (excluded) list.add(userId);
    else list.delete(userId);
  }

  people(): LeftOutPeople {
    return { excluded: [...this.#excluded], refused: [...this.#refused] };
  }
}
