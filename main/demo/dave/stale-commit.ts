import type { Snowflake } from '../../base/snowflake.ts';
import type { CommitWelcome } from '../../dave/mls-wire.ts';
import type { DaveProposal } from './dave-proposals.ts';

/** A commit that the room may accept, with the proposals that it carries out. */
export interface FittingCommit {
  readonly commit: CommitWelcome;
  readonly proposals: readonly DaveProposal[];
}

export interface StaleCommitOptions {
  /** Whose commit is to go stale; commits of other clients are dropped until it has been announced. */
  readonly userId: Snowflake;
  /** The first commit is held back. The caller has to cause another proposal, so that the client commits again. */
  readonly onHeld: () => void;
  /** The first commit has been announced, after the second one came. */
  readonly onAnnounced: () => void;
}

/**
 * A fault that causes no error: a client's first commit is announced after the client has prepared a second one. The
 * client adopts the second, the others the first, so from then on the client's keys differ from everyone else's.
 */
export class StaleCommit {
  readonly options: StaleCommitOptions;
  #held: FittingCommit | null = null;

  constructor(options: StaleCommitOptions) {
    this.options = options;
  }

  /** Given a commit, gives the held one when it is time to announce that, null until then. */
  take(userId: Snowflake, fitting: FittingCommit): FittingCommit | null {
    if (userId !== this.options.userId) return null;
    if (this.#held !== null) return this.#held;
    this.#held = fitting;
    this.options.onHeld();
    return null;
  }
}
