import type { Snowflake } from '../../base/snowflake.ts';
import type { DaveProposal } from './dave-proposals.ts';

/** The leaf of each member in the group's ratchet tree: a Remove names its target by leaf. */
export class DaveLeaves {
  #seats: (Snowflake | null)[] = [];

  /** Everyone in the group, from the first leaf to the last. */
  get members(): Snowflake[] {
    return this.#seats.filter((userId) => userId !== null);
  }

  /** From 0; -1 when the user is not in the group. */
  leafOf(userId: Snowflake): number {
    return this.#seats.indexOf(userId);
  }

  /** A new group: its founder, who makes the first commit, sits at leaf 0. Null: an empty tree. */
  startOver(founder: Snowflake | null): void {
    this.#seats = founder === null ? [] : [founder];
  }

  /**
   * Applies a commit to the tree: blanks the leaves of removed members, then puts each added one, in the order of
   * `refs`, into the leftmost blank leaf or at the end (RFC 9420 §7.7). Gives the members from before who stay.
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
