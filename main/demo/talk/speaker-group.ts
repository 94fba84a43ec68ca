import type { Snowflake } from '../../base/snowflake.ts';
import { DaveError } from '../../dave/dave-error.ts';
import type { SignedProposal } from '../../dave/external-sender.ts';
import { MlsMember } from '../../dave/mls-backend.ts';
import type { Commit } from '../../dave/mls-backend.ts';
import { MlsReader, vec } from '../../dave/mls-bytes.ts';

export interface SpeakerGroupOptions {
  readonly userId: Snowflake;
  readonly channelId: Snowflake;
  /** Users whom an Add may name. */
  readonly knownUserIds: () => readonly Snowflake[];
  /** A Remove that the voice server signs and sends to nobody else. */
  readonly signRemoval: (epoch: number, leaf: number) => SignedProposal;
}

const REVOKE = 1;

/**
 * A speaker's membership in one MLS group. davey makes a commit for every op 27, which takes seconds for a hundred
 * members of one group, and only one commit wins. So most members follow: each stores a Remove of itself beside the
 * proposals, and davey refuses to commit that. Followers process the commits of others as any member does.
 */
export class SpeakerGroup {
  readonly #options: SpeakerGroupOptions;
  readonly #member: MlsMember;
  /** The last list of proposals (a vector of MLSMessages) of this epoch; null: there is none, or it was a revocation. */
  #list: Buffer | null = null;
  /** The Remove of this member that davey has stored; null: none. */
  #ownRemove: SignedProposal | null = null;

  /** Throws DaveError when davey does not load. */
  constructor(options: SpeakerGroupOptions) {
    this.#options = options;
    const { userId, channelId } = options;
    this.#member = new MlsMember({ version: 1, userId, channelId });
  }

  get epoch(): number | null {
    return this.#member.epoch;
  }

  makeKeyPackage(): Uint8Array {
    return this.#member.makeKeyPackage();
  }

  setExternalSender(body: Uint8Array): void {
    this.#member.setExternalSender(body);
  }

  /** Body of op 27 in, body of op 28 out; null: nothing to commit. Throws DaveError for proposals of another group. */
  commitTo(body: Buffer): Buffer | null {
    this.#revokeOwnRemove();
    const list = body.subarray(1);
    this.#list = body[0] === REVOKE ? null : list;
    if (body[0] === REVOKE) return joined(this.#member.revoke(list));
    return joined(this.#member.append(list, this.#options.knownUserIds()));
  }

  /** Body of op 27; makes no commit. Throws DaveError for proposals of another group. */
  follow(body: Buffer): void {
    if (this.#member.privacyCode === null) return; // not in the group: its welcome is enough to join
    const list = body.subarray(1);
    this.#list = body[0] === REVOKE ? null : list;
    if (body[0] === REVOKE) return withoutCommit(() => this.#member.revoke(list));
    const known = this.#options.knownUserIds();
    if (this.#ownRemove !== null) return withoutCommit(() => this.#member.append(list, known));
    const { epoch, ownLeaf } = this.#member;
    const ownRemove = this.#options.signRemoval(epoch ?? 0, ownLeaf ?? 0);
    this.#ownRemove = ownRemove;
    const both = vec(Buffer.concat([new MlsReader(list).vec(), ownRemove.message]));
    withoutCommit(() => this.#member.append(both, known));
  }

  /** Ends following. Gives the body of op 28 for the proposals stored so far; null: there are none. */
  takeOver(): Buffer | null {
    // A member that did not follow may have made a commit: davey adopts the last one made, so none may come after it.
    if (this.#ownRemove === null) return null;
    this.#revokeOwnRemove();
    if (this.#list === null) return null;
    return joined(this.#member.append(this.#list, this.#options.knownUserIds()));
  }

  /** Body of op 29 after the transition id. Throws DaveError when davey refuses it. */
  processCommit(commit: Uint8Array): void {
    this.#member.processCommit(commit);
    this.#forgetProposals();
  }

  /** Body of op 30 after the transition id. Throws DaveError when davey refuses it. */
  processWelcome(welcome: Uint8Array): void {
    this.#member.processWelcome(welcome);
    this.#forgetProposals();
  }

  /** Encrypts with this epoch's key; gives a silence frame back as it is. Throws DaveError while there is no key. */
  seal(opus: Uint8Array): Uint8Array {
    return this.#member.seal(opus);
  }

  /** Revokes the stored Remove. davey makes a commit of that, which lacks its welcome and is dropped. */
  #revokeOwnRemove(): void {
    if (this.#ownRemove === null) return;
    this.#member.revoke(vec(vec(this.#ownRemove.ref)));
    this.#ownRemove = null;
  }

  #forgetProposals(): void {
    this.#list = null;
    this.#ownRemove = null;
  }
}

/** Runs `work`, in which davey stores proposals and refuses to commit them because of the member's own Remove. */
function withoutCommit(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (error instanceof DaveError && error.message.includes('CannotRemoveSelf')) return;
    throw error;
  }
}

function joined(commit: Commit | null): Buffer | null {
  if (commit === null) return null;
  return Buffer.concat([commit.commit, commit.welcome ?? Buffer.alloc(0)]);
}
