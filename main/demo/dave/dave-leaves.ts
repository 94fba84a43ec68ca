import type { Snowflake } from '../../base/snowflake.ts';
import type { DaveProposal } from './dave-proposals.ts';

/** Who sits where in the group's tree: what a Remove has to name. */
export class DaveLeaves {
  #seats: (Snowflake | null)[] = [];

  /** Everyone in the group, from the first leaf to the last. */
  get members(): Snowflake[] {
    return this.#seats.filter((userId) => userId !== null);
  }

  /** -1: not in the group. */
  leafOf(userId: Snowflake): number {
    return this.#seats.indexOf(userId);
  }

  /** Alone: whose commit makes a new group sits at leaf 0. Empty without a founder. */
  startOver(founder: Snowflake | null): void {
    this.#seats = founder === null ? [] : [founder];
  }

  /**
   * What a commit does to the tree: blanks the leaves of the removed, then puts the added, in the commit's order, into
   * the leftmost blank leaf or at the end (RFC 9420 §7.7). Gives those who were there before and stay.
   */
  commit(proposals: readonly DaveProposal[], refs: readonly Buffer[]): Snowflake[] {
    for (const proposal of proposals) {
      if (proposal.kind === 'remove') this.#seats[proposal.leaf] = null;
    }
    const continuing = this.members;
    for (const ref of refs) {
      const add = proposals.find((one) => one.kind === 'add' && one.ref.equals(ref));
      if (add === undefined) continue;
      const blank = this.#seats.indexOf(null);
      this.#seats[blank < 0 ? this.#seats.length : blank] = add.userId;
    }
    return continuing;
  }
}
