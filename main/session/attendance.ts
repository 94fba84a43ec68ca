import type { Snowflake } from '../base/snowflake.ts';
import type { PersonInfo } from '../discord/voice-state.ts';
import type { Recording } from '../recording/recording.ts';
import { People, type Person } from './people.ts';
import type { UntimedSessionEvent } from './session-event.ts';

/** Where comings and goings are written down and told. */
export interface AttendanceOptions {
  readonly recording: Pick<Recording, 'appendEvent' | 'updateManifest'>;
  /** Our own bot, who is not one of the people. */
  readonly ownId: Snowflake;
  /** Who is left out of the recording. */
  readonly excluded: ReadonlySet<Snowflake>;
  readonly emit: (event: UntimedSessionEvent) => void;
}

/** Who is there, as the recording keeps it. */
export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #people = new People();

  constructor(options: AttendanceOptions) {
    this.#options = options;
  }

  get(userId: Snowflake): Person | null {
    return this.#people.get(userId);
  }

  /** Everyone who was ever here, in order of first appearance. */
  all(): readonly Person[] {
    return this.#people.all();
  }

  /** Bots alone are nobody. */
  get hasHumans(): boolean {
    return this.#people.present().some(({ bot }) => !bot);
  }

  /** These are in the channel from `samples` on, and nobody else. */
  gathered(people: readonly PersonInfo[], samples: number): void {
    const here = new Set(people.map(({ userId }) => userId));
    for (const { userId } of this.#people.present()) {
      if (!here.has(userId)) this.left(userId, samples);
    }
    for (const person of people) this.arrived(person, samples);
  }

  arrived({ userId, name, bot }: PersonInfo, samples: number): void {
    const { recording, ownId, excluded: leftOut, emit } = this.#options;
    if (userId === ownId || !this.#people.arrive({ userId, name, bot }, samples)) return;
    const excluded = leftOut.has(userId);
    recording.appendEvent({ event: 'present', samples, userId, name, bot, excluded });
    this.#save();
    emit({ event: 'present', userId, name, bot, excluded });
  }

  left(userId: Snowflake, samples: number): void {
    const { recording, emit } = this.#options;
    const person = this.#people.leave(userId, samples);
    if (person === null) return;
    const { name } = person;
    recording.appendEvent({ event: 'left', samples, userId, name });
    this.#save();
    emit({ event: 'left', userId, name });
  }

  #save(): void {
    const { excluded } = this.#options;
    const people = this.#people.all().map(({ userId, name, bot, present }) => ({
      userId,
      name,
      bot,
      excluded: excluded.has(userId),
      present: present.map(([from, to]) => [from, to] as [number, number | null]),
    }));
    this.#options.recording.updateManifest({ people });
  }
}
