import { type Log, silentLog } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { DaveError } from './dave-error.ts';
import { MlsMember } from './mls-backend.ts';
import type { Commit, MlsIdentity } from './mls-backend.ts';
import {
  keyPackageRef,
  parseCommitHeader,
  parseProposals,
  parseRevokedRefs,
  parseWelcomeRefs,
} from './mls-message.ts';
import type { MlsRef } from './mls-message.ts';
import { PendingProposals } from './pending-proposals.ts';

/**
 * What became of a commit or welcome. `foreign`: it is for another group, epoch or key package, which is no fault;
 * `invalid`: it is for this group and cannot be followed, so the voice server and we disagree.
 */
export type Outcome =
  { readonly kind: 'adopted' } | { readonly kind: 'foreign' | 'invalid'; readonly why: string };

/** Why a group was begun. `recovering`: after op 31, when commits for the group before still arrive. */
export type GroupCause = 'joining' | 'recovering';

const ADOPTED = { kind: 'adopted' } as const;

/** davey would adopt our latest commit in the place of an older one that the server picked, and be alone with it. */
const NOT_THE_LAST = invalid('a commit of ours that is not the last');

const OPERATION = { append: 0, revoke: 1 } as const;

/** Refused proposals that are kept; an ordinary newcomer is named within a second. */
const REFUSED_AT_MOST = 16;

/** Our commits to one epoch that are remembered; each op 27 makes one at most. */
const SENT_AT_MOST = 64;

/**
 * Our membership in one MLS group: pending at first, established by a commit or welcome. Knows what davey does not
 * tell: which commits are ours, and whether a commit lacks its welcome.
 */
export class DaveGroup {
  readonly #member: MlsMember;
  readonly #pending = new PendingProposals();
  /** The commit that davey adopts for any commit of ours; null when davey holds none. */
  #prepared: Uint8Array | null = null;
  /** Our commits to this epoch that went out (op 28), oldest first. */
  #sent: Uint8Array[] = [];
  /** Bodies of op 27 with an Add that davey refused, oldest first: perhaps for want of the newcomer's name. */
  #refused: Uint8Array[] = [];
  /** The last body of op 28; null before the first. */
  #answer: Uint8Array | null = null;
  #isEstablished = false;
  readonly #log: Log;
  readonly version: number;
  readonly channelId: Snowflake;
  readonly cause: GroupCause;
  /** Body of op 26. */
  readonly keyPackage: Uint8Array;
  readonly keyPackageRef: MlsRef;

  /** Throws DaveError `library-missing` or `version-unknown`. */
  constructor(identity: MlsIdentity, cause: GroupCause, log = silentLog) {
    this.#log = log;
    this.#member = new MlsMember(identity);
    this.version = identity.version;
    this.channelId = identity.channelId;
    this.cause = cause;
    this.keyPackage = this.#member.makeKeyPackage();
    this.keyPackageRef = keyPackageRef(this.keyPackage);
  }

  /** Null while pending. */
  get epoch(): number | null {
    return this.#isEstablished ? this.#member.epoch : null;
  }

  /** Null while pending. */
  get privacyCode(): string | null {
    return this.#isEstablished ? this.#member.privacyCode : null;
  }

  has(userId: Snowflake): boolean {
    return this.#isEstablished && this.#member.userIds.includes(userId);
  }

  /** Takes the body of op 25. False when davey refuses it: not readable, or a commit of ours is out already. */
  setExternalSender(body: Uint8Array): boolean {
    try {
      this.#member.setExternalSender(body);
    } catch (error) {
      return this.#refusal(error, false);
    }
    this.#forgetProposals();
    return true;
  }

  /** Body of op 27 in, body of op 28 out; null when there is nothing to answer. */
  answerProposals(body: Uint8Array, knownUserIds: readonly Snowflake[]): Uint8Array | null {
    const answer = this.#commit(body, knownUserIds);
    if (answer === null) return null;
    const { commit, welcome } = answer;
    this.#sent.push(commit);
    if (this.#sent.length > SENT_AT_MOST) this.#sent.shift();
    this.#answer = welcome === null ? commit : Buffer.concat([commit, welcome]);
    return this.#answer;
  }

  /** Whether there are proposals that were refused. */
  get hasRefused(): boolean {
    return this.#refused.length > 0;
  }

  /** Tries the proposals that were refused again. Body of op 28; null when nothing is to be answered. */
  retryRefused(knownUserIds: readonly Snowflake[]): Uint8Array | null {
    const refused = this.#refused;
    this.#refused = [];
    let newest: Uint8Array | null = null;
    for (const body of refused) newest = this.answerProposals(body, knownUserIds) ?? newest;
    return newest;
  }

  /** The last body of op 28, until a commit is announced or a later proposal makes it void; else null. */
  get openAnswer(): Uint8Array | null {
    return this.#prepared !== null && this.#prepared === this.#sent.at(-1) ? this.#answer : null;
  }

  /** Takes a commit that op 29 announces. */
  takeCommit(commit: Uint8Array): Outcome {
    const judged = this.#isEstablished ? this.#checkCommit(commit) : this.#checkFirst(commit);
    return judged ?? this.#adopt(() => this.#member.processCommit(commit));
  }

  /** Takes a welcome (op 30). `spent`: our used key packages, for which a welcome is foreign. */
  takeWelcome(welcome: Uint8Array, spent: ReadonlySet<MlsRef>): Outcome {
    const refs = parseWelcomeRefs(welcome);
    if (refs === null) return invalid('no welcome');
    if (refs.some((ref) => spent.has(ref))) return foreign('a key package of before');
    if (!refs.includes(this.keyPackageRef)) return invalid('welcome for somebody else');
    return this.#adopt(() => this.#member.processWelcome(welcome));
  }

  /** Why davey did not open the last frame that it did not; null before the first. */
  get lastRefusal(): string | null {
    return this.#member.lastRefusal;
  }

  /** The Opus packet in a frame of `userId`; null when no key of that member fits. */
  open(userId: Snowflake, frame: Uint8Array): Uint8Array | null {
    return this.#member.open(userId, frame);
  }

  /** The frame of an Opus packet of ours, under the keys of the newest epoch; null while pending. */
  seal(opus: Uint8Array): Uint8Array | null {
    try {
      return this.#isEstablished ? this.#member.seal(opus) : null;
    } catch (error) {
      return this.#refusal(error, null);
    }
  }

  /** Judges a commit to an established group. Null: davey has to take it. */
  #checkCommit(commit: Uint8Array): Outcome | null {
    const header = parseCommitHeader(commit);
    if (header === null) return invalid('no commit');
    if (header.epoch < (this.#member.epoch ?? 0)) return foreign('an epoch of before');
    const isOurs = header.senderLeaf === this.#member.ownLeaf;
    return isOurs && !this.#isPrepared(commit) ? NOT_THE_LAST : null;
  }

  /** Judges a commit to a pending group, which only a commit of ours can establish. Null: davey has to take it. */
  #checkFirst(commit: Uint8Array): Outcome | null {
    if (this.#isPrepared(commit)) return null;
    if (this.#sent.some((one) => isEqual(one, commit))) return NOT_THE_LAST;
    if (this.#sent.length === 0) return foreign('we have sent no commit');
    if (this.cause === 'recovering') return foreign('we are to be taken in anew');
    const header = parseCommitHeader(commit);
    return header !== null && header.epoch > 0
      ? foreign('a later epoch')
      : invalid('no commit of ours');
  }

  #isPrepared(commit: Uint8Array): boolean {
    return this.#prepared !== null && isEqual(this.#prepared, commit);
  }

  #adopt(work: () => void): Outcome {
    try {
      work();
    } catch (error) {
      return this.#refusal(error, invalid(error instanceof Error ? error.message : ''));
    }
    this.#isEstablished = true;
    this.#forgetProposals();
    return ADOPTED;
  }

  #forgetProposals(): void {
    this.#pending.clear();
    this.#refused = [];
    this.#prepared = null;
    this.#sent = [];
  }

  /** davey's commit, with the welcome that davey leaves out when the Add came by an earlier op 27. */
  #commit(body: Uint8Array, knownUserIds: readonly Snowflake[]): Commit | null {
    const list = body.subarray(1);
    if (body[0] === OPERATION.append && this.#hasCommittedTo(list)) return null;
    try {
      const answer = this.#propose(body[0], list, knownUserIds);
      if (answer === undefined) return null;
      this.#prepared = answer?.commit ?? null;
      const adds = answer?.welcome === null ? this.#pending.adds() : null;
      if (adds === null) return answer;
      // davey tolerates the Adds it holds already, and makes the welcome. When it refuses one, nothing may be sent.
      const whole = this.#member.append(adds, knownUserIds);
      this.#prepared = whole?.commit ?? null;
      return whole?.welcome === null ? null : whole;
    } catch (error) {
      this.#keepRefused(body);
      return this.#refusal(error, null);
    }
  }

  #keepRefused(body: Uint8Array): void {
    if (body[0] !== OPERATION.append) return;
    const adds = parseProposals(body.subarray(1))?.some(({ isAdd }) => isAdd) ?? false;
    if (!adds || this.#refused.some((one) => isEqual(one, body))) return;
    this.#refused.push(Uint8Array.from(body));
    if (this.#refused.length > REFUSED_AT_MOST) this.#refused.shift();
  }

  /** Proposals that are revoked are not tried again, nor are those that came with them. */
  #forgetRevoked(list: Uint8Array): void {
    const revoked = new Set(parseRevokedRefs(list) ?? []);
    this.#refused = this.#refused.filter(
      (body) => !(parseProposals(body.subarray(1)) ?? []).some(({ ref }) => revoked.has(ref)),
    );
  }

  /** True for a replay: a second commit to the same proposals would replace the one that the server may have picked. */
  #hasCommittedTo(list: Uint8Array): boolean {
    return (
      this.#prepared !== null && this.#prepared === this.#sent.at(-1) && this.#pending.holds(list)
    );
  }

  /** Undefined for an unknown operation. */
  #propose(
    operation: number | undefined,
    list: Uint8Array,
    knownUserIds: readonly Snowflake[],
  ): Commit | null | undefined {
    if (operation === OPERATION.append) {
      this.#pending.append(list);
      const answer = this.#member.append(list, knownUserIds);
      this.#pending.confirm(list);
      return answer;
    }
    if (operation === OPERATION.revoke) {
      this.#forgetRevoked(list);
      const answer = this.#member.revoke(list);
      this.#pending.revoke(list);
      return answer;
    }
    return undefined;
  }

  /** `value` for a DaveError `refused`, whose message is logged; any other error is thrown on. */
  #refusal<T>(error: unknown, value: T): T {
    if (!(error instanceof DaveError) || error.reason !== 'refused') throw error;
    this.#log.debug('davey refuses', { why: error.message });
    return value;
  }
}

function invalid(why: string): Outcome {
  return { kind: 'invalid', why };
}

function foreign(why: string): Outcome {
  return { kind: 'foreign', why };
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
