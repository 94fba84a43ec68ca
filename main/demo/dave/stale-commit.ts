import type { Snowflake } from '../../base/snowflake.ts';
import type { CommitWelcome } from '../../dave/mls-wire.ts';
import type { DaveProposal } from './dave-proposals.ts';

/** A commit that fits, with the proposals it carries out. */
export interface FittingCommit {
  readonly commit: CommitWelcome;
  readonly proposals: readonly DaveProposal[];
}

export interface StaleCommitOptions {
  /** Whose it is to be; commits of others do not count meanwhile. */
  readonly userId: Snowflake;
  /** The first one has come. Now there has to be another proposal, so that a second one is made. */
  readonly onHeld: () => void;
  /** It has been announced after the second one came. */
  readonly onAnnounced: () => void;
}

/**
 * The fault that nobody notices by an error: a client's commit is announced after it has prepared another one. It
 * adopts what it prepared last, and from then on sits in another state than everyone else.
 */
export class StaleCommit {
  readonly options: StaleCommitOptions;
  #held: FittingCommit | null = null;

  constructor(options: StaleCommitOptions) {
    this.options = options;
  }

  /** What is to be announced in answer to that commit; null: nothing yet. */
  take(userId: Snowflake, fitting: FittingCommit): FittingCommit | null {
    if (userId !== this.options.userId) return null;
    if (this.#held !== null) return this.#held;
    this.#held = fitting;
    this.options.onHeld();
    return null;
  }
}
