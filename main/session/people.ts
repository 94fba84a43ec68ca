import type { Snowflake } from '../base/snowflake.ts';

/** Someone who was in the channel at any time of the recording, the bot itself left out. */
export interface Person {
  readonly userId: Snowflake;
  readonly name: string;
  readonly bot: boolean;
  /** Stretches of presence in samples, [from, to); the last `to` is null while present. */
  readonly present: readonly (readonly [number, number | null])[];
}

/** Who is and was in the channel: filled from the main gateway's voice states, independent of the voice connection. */
export class People {
  readonly #people = new Map<Snowflake, Person>();

  /** Someone is here from `samples` on. False when that was known. */
  arrive(who: Pick<Person, 'userId' | 'name' | 'bot'>, samples: number): boolean {
    const known = this.#people.get(who.userId);
    if (known !== undefined && isPresent(known)) return false;
    const present = [...(known?.present ?? []), [samples, null] as const];
    this.#people.set(who.userId, { ...who, present });
    return true;
  }

  /** Someone is gone from `samples` on. Null when nobody of that id was here. */
  leave(userId: Snowflake, samples: number): Person | null {
    const known = this.#people.get(userId);
    const last = known?.present.at(-1);
    if (known === undefined || last === undefined || last[1] !== null) return null;
    const gone = {
      ...known,
      present: [...known.present.slice(0, -1), [last[0], samples] as const],
    };
    this.#people.set(userId, gone);
    return gone;
  }

  get(userId: Snowflake): Person | null {
    return this.#people.get(userId) ?? null;
  }

  /** Everyone who was ever here, in order of first appearance. */
  all(): readonly Person[] {
    return [...this.#people.values()];
  }

  present(): readonly Person[] {
    return this.all().filter(isPresent);
  }
}

export function presentCount(people: readonly Person[]): number {
  return people.filter(isPresent).length;
}

function isPresent(person: Person): boolean {
  return person.present.at(-1)?.[1] === null;
}
