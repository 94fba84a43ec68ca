import type { Snowflake } from '../../base/snowflake.ts';
import type { SignedProposal } from '../../dave/external-sender.ts';

interface Intent {
  readonly userId: Snowflake;
  /** Anew for the epoch of the moment; every signature differs. */
  readonly sign: () => SignedProposal;
}
/** Someone to be taken in, by the key package of that reference. */
export interface AddIntent extends Intent {
  readonly kind: 'add';
  readonly keyPackageRef: Buffer;
}
export interface RemoveIntent extends Intent {
  readonly kind: 'remove';
  readonly leaf: number;
}
/** What the voice server wants of the group, as it is signed at the moment. */
export type DaveProposal = (AddIntent | RemoveIntent) & SignedProposal;

export function isAdd(proposal: DaveProposal): proposal is AddIntent & SignedProposal {
  return proposal.kind === 'add';
}

export function isRemove(proposal: DaveProposal): proposal is RemoveIntent & SignedProposal {
  return proposal.kind === 'remove';
}

export function signed(intent: AddIntent | RemoveIntent): DaveProposal {
  return { ...intent, ...intent.sign() };
}

/** Whether these references are those of all the proposals, and of nothing else. */
export function areExactly(refs: readonly Buffer[], proposals: readonly DaveProposal[]): boolean {
  return (
    refs.length === proposals.length &&
    proposals.every((proposal) => refs.some((ref) => ref.equals(proposal.ref)))
  );
}

/** One way to bring a member from the proposals it holds to those it should hold: what to revoke, what to append. */
export function stepFrom(
  offered: readonly DaveProposal[],
  wanted: readonly DaveProposal[],
): { readonly revoke: readonly DaveProposal[]; readonly append: readonly DaveProposal[] } {
  const isGone = offered.some((one) => !wanted.includes(one));
  const fresh = wanted.filter((one) => !offered.includes(one));
  if (!isGone && fresh.length === 0) return { revoke: [], append: [] };
  // davey drops its welcome when the last op 27 held no Add: pending Adds always travel in the last one.
  const mayAppend = !isGone && (fresh.some(isAdd) || !wanted.some(isAdd));
  return mayAppend ? { revoke: [], append: fresh } : { revoke: offered, append: wanted };
}
