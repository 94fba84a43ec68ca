import type { Snowflake } from '../base/snowflake.ts';
import type { PersonInfo } from '../discord/voice-state.ts';
import type { Chooser } from './choices.ts';
import type { ToldEvent } from './session-event.ts';

/** Someone who was in the channel at any time of the recording, the bot itself left out. */
export interface Person {
  readonly userId: Snowflake;
  /** The name at the last arrival; the id while Discord has told none. */
  readonly name: string;
  readonly bot: boolean;
  /** Where the person left, in samples; null while present. */
  readonly leftAtSamples: number | null;
}

/** What attendance is kept with. */
export interface AttendanceOptions {
  /** Our own bot, who is not one of the people. */
  readonly ownId: Snowflake;
  /** Whose choice leaves that person out of the recording; null when nobody's does. */
  readonly leftOutBy: (userId: Snowflake) => Chooser | null;
  /** Whether that person is left out, by a choice or because they have not agreed. */
  readonly isLeftOut: (userId: Snowflake) => boolean;
  readonly tell: (event: ToldEvent) => void;
}

/**
 * Who is and was in the channel, by the main gateway's voice states: a lost voice connection changes nothing here. One
 * person's coming or going costs the same however many were here.
 */
export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #people = new Map<Snowflake, Person>();
  /** People in the channel who are no bots. */
  readonly #humans = new Set<Snowflake>();
  /** People of whom nobody has told the name. */
  readonly #nameless = new Set<Snowflake>();

  constructor(options: AttendanceOptions) {
    this.#options = options;
  }

  get(userId: Snowflake): Person | null {
    return this.#people.get(userId) ?? null;
  }

  /** Everyone who was ever here, in order of first appearance. */
  all(): readonly Person[] {
    return [...this.#people.values()];
  }

  /** Whether anyone but bots is in the channel. */
  get hasHumans(): boolean {
    return this.#humans.size > 0;
  }

  /** These are in the channel from `samples` on, and nobody else. `toldAt`: who has been told of the recording, and when. */
  gathered(
    people: readonly PersonInfo[],
    samples: number,
    toldAt: ReadonlyMap<Snowflake, string> = new Map(),
  ): void {
    const here = new Set(people.map(({ userId }) => userId));
    for (const { userId } of this.all()) if (!here.has(userId)) this.left(userId, samples);
    for (const person of people) this.arrived(person, samples, toldAt.get(person.userId));
  }

  /** A person came. Our own bot, and a person who is here already, are no news. */
  arrived({ userId, name, bot }: PersonInfo, samples: number, toldAt: string | null = null): void {
    const { ownId, leftOutBy, isLeftOut, tell } = this.#options;
    const known = this.#people.get(userId);
    if (userId === ownId || (known !== undefined && isPresent(known))) return;
    this.#people.set(userId, { userId, name, bot, leftAtSamples: null });
    if (!bot) this.#humans.add(userId);
    if (name === userId) this.#nameless.add(userId);
    else this.#nameless.delete(userId);
    const by = leftOutBy(userId);
    const choice = by === null ? { excluded: isLeftOut(userId) } : { excluded: true, by };
    tell({ event: 'present', samples, userId, name, bot, ...choice, toldAt });
  }

  /** Those of whom nobody has told the name. */
  nameless(): readonly Snowflake[] {
    return [...this.#nameless];
  }

  /** The name of somebody who has been here is known now. */
  named(userId: Snowflake, name: string, samples: number): void {
    const person = this.#people.get(userId);
    if (person === undefined || person.name === name) return;
    this.#people.set(userId, { ...person, name });
    this.#nameless.delete(userId);
    this.#options.tell({ event: 'named', samples, userId, name });
  }

  /** A person left. A person who is not here is no news. */
  left(userId: Snowflake, samples: number): void {
    const person = this.#people.get(userId);
    if (person === undefined || !isPresent(person)) return;
    this.#people.set(userId, { ...person, leftAtSamples: samples });
    this.#humans.delete(userId);
    this.#options.tell({ event: 'left', samples, userId, name: person.name });
  }
}

/** How many of `people` are in the channel. */
export function presentCount(people: readonly Person[]): number {
  return people.filter(isPresent).length;
}

function isPresent({ leftAtSamples }: Person): boolean {
  return leftAtSamples === null;
}
