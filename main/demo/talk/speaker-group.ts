import type { Snowflake } from '../../base/snowflake.ts';
import { DaveError } from '../../dave/dave-error.ts';
import type { SignedProposal } from '../../dave/external-sender.ts';
import { MlsMember } from '../../dave/mls-backend.ts';
import type { Commit } from '../../dave/mls-backend.ts';
import { MlsReader, vec } from '../../dave/mls-bytes.ts';

export interface SpeakerGroupOptions {
  readonly userId: Snowflake;
  readonly channelId: Snowflake;
  /** Everyone whom an Add may name. */
  readonly knownUserIds: () => readonly Snowflake[];
  /** A Remove signed by the voice server that nobody else ever sees. */
  readonly signRemoval: (epoch: number, leaf: number) => SignedProposal;
}

const REVOKE = 1;

/**
 * A speaker's membership in one MLS group. davey makes a commit for every op 27: seconds of work for a hundred members
 * of a group of a hundred, of which one commit wins. So most members follow: they store a Remove of themselves too, at
 * which davey refuses to make a commit. Commits of others they process like anybody.
 */
export class SpeakerGroup {
  readonly #options: SpeakerGroupOptions;
  readonly #member: MlsMember;
  /** The last list of proposals (a vector of MLSMessages) of this epoch; null: none counts. */
  #list: Buffer | null = null;
  /** The stored Remove of ourselves. */
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

  /** Body of op 27 in, body of op 28 out; null: nothing to commit. Throws DaveError for what is not of this group. */
  commitTo(body: Buffer): Buffer | null {
    this.#revokeOwnRemove();
    const list = body.subarray(1);
    this.#list = body[0] === REVOKE ? null : list;
    if (body[0] === REVOKE) return joined(this.#member.revoke(list));
    return joined(this.#member.append(list, this.#options.knownUserIds()));
  }

  /** Body of op 27. Throws DaveError for what is not of this group. */
  follow(body: Buffer): void {
    if (this.#member.privacyCode === null) return; // pending: the welcome brings all there is to know
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

  /** A follower makes commits from here on: the body of op 28 over what it has stored; null: nothing. */
  takeOver(): Buffer | null {
    // Nothing else may be prepared anew: davey adopts what it prepared last when a commit of ours is announced.
    if (this.#ownRemove === null) return null;
    this.#revokeOwnRemove();
    if (this.#list === null) return null;
    return joined(this.#member.append(this.#list, this.#options.knownUserIds()));
  }

  /** Throws DaveError, as davey does. */
  processCommit(commit: Uint8Array): void {
    this.#member.processCommit(commit);
    this.#forgetProposals();
  }

  /** Throws DaveError, as davey does. */
  processWelcome(welcome: Uint8Array): void {
    this.#member.processWelcome(welcome);
    this.#forgetProposals();
  }

  /** Under this epoch's key; a silence frame comes back as it is. Throws DaveError while there is no key. */
  seal(opus: Uint8Array): Uint8Array {
    return this.#member.seal(opus);
  }

  /** Takes the Remove of ourselves out of the store; a commit that comes of it lacks its welcome. */
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

/** davey stores the proposals, then refuses the commit. */
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
