import type { Clock } from '../base/clock.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { ReceivePath } from '../receive/receive-path.ts';
import { Choices, type Choice, type Chooser, type LeftOutOfOne } from './choices.ts';
import type { Tape } from './tape.ts';

/**
 * What became of a choice: it holds (`done`), or the person stays left out, because they or the operator chose so
 * and only they take it back.
 */
export type ExclusionOutcome = 'done' | 'chosen-by-person' | 'chosen-by-operator';

/** What exclusion is made of. */
export interface ExclusionOptions {
  /** Who is left out from the first packet on. */
  readonly leftOut: LeftOutOfOne;
  readonly clock: Clock;
  readonly receive: () => Pick<ReceivePath, 'leaveOut' | 'takeBack' | 'speakers'>;
  readonly tape: Pick<Tape, 'drop'>;
  /** Somebody is left out from here on, or not any more, or by another's choice. */
  readonly onChange: (choice: Choice) => void;
}

/** Who is left out of one recording: decides whose choice counts, and keeps packets, levels and events to it. */
export class Exclusion {
  readonly #options: ExclusionOptions;
  readonly #choices: Choices;

  constructor(options: ExclusionOptions) {
    this.#options = options;
    this.#choices = new Choices(options.leftOut);
  }

  /** Whose choice leaves that person out; null when nobody's does. */
  leftOutBy(userId: Snowflake): Chooser | null {
    return this.#choices.leftOutBy(userId);
  }

  /** Whether everybody is left out until they agree. */
  get asksFirst(): boolean {
    return this.#choices.asksFirst;
  }

  /** Whether that person is left out: by a choice, or because they were asked and have not agreed. */
  isLeftOut(userId: Snowflake): boolean {
    return this.#choices.isLeftOut(userId);
  }

  /** Everyone who is left out by a choice, here or not. */
  leftOut(): readonly Snowflake[] {
    return this.#choices.leftOut();
  }

  choose(choice: Choice): ExclusionOutcome {
    const { userId, excluded, by } = choice;
    const [before, wasOut] = [this.leftOutBy(userId), this.isLeftOut(userId)];
    this.#choices.choose(choice);
    const [after, isOut] = [this.leftOutBy(userId), this.isLeftOut(userId)];
    if (!wasOut && isOut) this.#leaveOut(userId);
    if (wasOut && !isOut)
      this.#options.receive().takeBack(userId, this.#options.clock.monotonicMs());
    if (before !== after || wasOut !== isOut)
      this.#options.onChange({ userId, excluded: isOut, by: after ?? by });
    return excluded || after === null ? 'done' : `chosen-by-${after}`;
  }

  /** A track of nobody knows whom may be theirs. */
  #leaveOut(userId: Snowflake): void {
    const { receive, tape } = this.#options;
    receive().leaveOut(userId);
    for (const { userId: whose, track } of receive().speakers())
      if (whose === userId || whose === null) tape.drop(track.file);
  }
}
