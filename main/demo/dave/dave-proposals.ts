import type { Snowflake } from '../../base/snowflake.ts';
import type { SignedProposal } from '../../dave/external-sender.ts';

interface Intent {
  readonly userId: Snowflake;
  /** Signs the proposal for the room's present epoch; each call gives another signature and reference. */
  readonly sign: () => SignedProposal;
}
/** A client to be added by the key package of that reference. */
export interface AddIntent extends Intent {
  readonly kind: 'add';
  readonly keyPackageRef: Buffer;
}
export interface RemoveIntent extends Intent {
  readonly kind: 'remove';
  readonly leaf: number;
}
/** A proposal of the voice server with its present signature. */
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

/** True when `refs` name every one of the proposals and nothing else, in any order. */
export function areExactly(refs: readonly Buffer[], proposals: readonly DaveProposal[]): boolean {
  return (
    refs.length === proposals.length &&
    proposals.every((proposal) => refs.some((ref) => ref.equals(proposal.ref)))
  );
}

/** What to revoke and append, in that order, so that a member that holds `offered` holds `wanted`. */
export function stepFrom(
  offered: readonly DaveProposal[],
  wanted: readonly DaveProposal[],
): { readonly revoke: readonly DaveProposal[]; readonly append: readonly DaveProposal[] } {
  const isGone = offered.some((one) => !wanted.includes(one));
  const fresh = wanted.filter((one) => !offered.includes(one));
  if (!isGone && fresh.length === 0) return { revoke: [], append: [] };
  // davey makes no welcome when the last op 27 held no Add, so that one has to hold the pending Adds.
  const mayAppend = !isGone && (fresh.some(isAdd) || !wanted.some(isAdd));
  return mayAppend ? { revoke: [], append: fresh } : { revoke: offered, append: wanted };
}
