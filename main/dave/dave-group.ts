import type { Snowflake } from '../base/snowflake.ts';
import { DaveError } from './dave-error.ts';
import { MlsMember } from './mls-backend.ts';
import type { Commit, MlsIdentity } from './mls-backend.ts';
import { keyPackageRef, parseCommitHeader, parseWelcomeRefs } from './mls-message.ts';
import type { MlsRef } from './mls-message.ts';
import { PendingProposals } from './pending-proposals.ts';

/**
 * What became of a commit or welcome. `foreign`: not for this group or key package as it is now, so nothing is wrong
 * with us; `invalid`: for us and not to be followed, so the voice server and we disagree.
 */
export type Outcome =
  { readonly kind: 'adopted' | 'foreign' } | { readonly kind: 'invalid'; readonly why: string };

/** `recovering`: we reported a fault (op 31), and what was under way then still arrives. */
export type GroupCause = 'joining' | 'recovering';

const ADOPTED = { kind: 'adopted' } as const;
const FOREIGN = { kind: 'foreign' } as const;

/** The library would adopt the last one in its place without a word, and nobody else would. */
const NOT_THE_LAST = invalid('a commit of ours that is not the last');

const OPERATION = { append: 0, revoke: 1 } as const;

/** Commits to one epoch that are remembered; each op 27 makes one. */
const SENT_AT_MOST = 64;

/**
 * Our membership in one MLS group: pending from the first, established by a commit or welcome. Knows what the library
 * does not tell apart: which commits are ours, and whether a welcome is missing.
 */
export class DaveGroup {
  readonly #member: MlsMember;
  readonly #pending = new PendingProposals();
  /** What the library would adopt for any commit of ours; null when it holds none. */
  #prepared: Uint8Array | null = null;
  #sent: Uint8Array[] = [];
  /** Body of op 28 that carries `#prepared`. */
  #answer: Uint8Array | null = null;
  #isEstablished = false;
  readonly version: number;
  readonly cause: GroupCause;
  /** Body of op 26. */
  readonly keyPackage: Uint8Array;
  readonly keyPackageRef: MlsRef;

  /** Throws DaveError `library-missing` or `version-unknown`. */
  constructor(identity: MlsIdentity, cause: GroupCause) {
    this.#member = new MlsMember(identity);
    this.version = identity.version;
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

  /** Body of op 25. False when it cannot be taken: not readable, or too late for this group. */
  setExternalSender(body: Uint8Array): boolean {
    try {
      this.#member.setExternalSender(body);
    } catch (error) {
      return refusal(error, false);
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

  /** The last answer, while nobody's commit has been announced and no proposal made it void; null when there is none. */
  get openAnswer(): Uint8Array | null {
    return this.#prepared !== null && this.#prepared === this.#sent.at(-1) ? this.#answer : null;
  }

  /** A commit announced by op 29. */
  takeCommit(commit: Uint8Array): Outcome {
    const foreign = this.#isEstablished ? this.#checkCommit(commit) : this.#checkFirst(commit);
    return foreign ?? this.#adopt(() => this.#member.processCommit(commit));
  }

  /** A welcome of op 30; `spent` are key packages of ours that do not count any more. */
  takeWelcome(welcome: Uint8Array, spent: ReadonlySet<MlsRef>): Outcome {
    const refs = parseWelcomeRefs(welcome);
    if (refs === null) return invalid('no welcome');
    if (refs.some((ref) => spent.has(ref))) return FOREIGN;
    if (!refs.includes(this.keyPackageRef)) return invalid('welcome for somebody else');
    return this.#adopt(() => this.#member.processWelcome(welcome));
  }

  /** Null when no key of theirs in this group fits. */
  open(userId: Snowflake, frame: Uint8Array): Uint8Array | null {
    return this.#member.open(userId, frame);
  }

  /** The frame of an Opus packet of ours, under the keys of the newest epoch; null while pending. */
  seal(opus: Uint8Array): Uint8Array | null {
    try {
      return this.#isEstablished ? this.#member.seal(opus) : null;
    } catch (error) {
      return refusal(error, null);
    }
  }

  /** Of an established group. Null: it is for the library to take. */
  #checkCommit(commit: Uint8Array): Outcome | null {
    const header = parseCommitHeader(commit);
    if (header === null) return invalid('no commit');
    if (header.epoch < (this.#member.epoch ?? 0)) return FOREIGN;
    const isOurs = header.senderLeaf === this.#member.ownLeaf;
    return isOurs && !this.#isPrepared(commit) ? NOT_THE_LAST : null;
  }

  /** Of a pending group, which only its own member can establish by a commit. Null: it is for the library to take. */
  #checkFirst(commit: Uint8Array): Outcome | null {
    if (this.#isPrepared(commit)) return null;
    if (this.#sent.some((one) => isEqual(one, commit))) return NOT_THE_LAST;
    if (this.#sent.length === 0 || this.cause === 'recovering') return FOREIGN;
    const header = parseCommitHeader(commit);
    return header !== null && header.epoch > 0 ? FOREIGN : invalid('no commit of ours');
  }

  #isPrepared(commit: Uint8Array): boolean {
    return this.#prepared !== null && isEqual(this.#prepared, commit);
  }

  #adopt(work: () => void): Outcome {
    try {
      work();
    } catch (error) {
      return refusal(error, invalid(error instanceof Error ? error.message : ''));
    }
    this.#isEstablished = true;
    this.#forgetProposals();
    return ADOPTED;
  }

  #forgetProposals(): void {
    this.#pending.clear();
    this.#prepared = null;
    this.#sent = [];
  }

  /** The library's commit, with the welcome it leaves out when an Add came by an earlier op 27. */
  #commit(body: Uint8Array, knownUserIds: readonly Snowflake[]): Commit | null {
    const list = body.subarray(1);
    if (body[0] === OPERATION.append && this.#hasCommittedTo(list)) return null;
    try {
      const answer = this.#propose(body[0], list, knownUserIds);
      if (answer === undefined) return null;
      this.#prepared = answer?.commit ?? null;
      const adds = answer?.welcome === null ? this.#pending.adds() : null;
      if (adds === null) return answer;
      // It tolerates what it holds already, and sees an Add this time. When it refuses one, nothing may be sent.
      const whole = this.#member.append(adds, knownUserIds);
      this.#prepared = whole?.commit ?? null;
      return whole?.welcome === null ? null : whole;
    } catch (error) {
      return refusal(error, null);
    }
  }

  /** A replay: another commit to the same would take the place of the one that the server may have picked already. */
  #hasCommittedTo(list: Uint8Array): boolean {
    return (
      this.#prepared !== null && this.#prepared === this.#sent.at(-1) && this.#pending.holds(list)
    );
  }

  /** Undefined when there is no such operation. */
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
      const answer = this.#member.revoke(list);
      this.#pending.revoke(list);
      return answer;
    }
    return undefined;
  }
}

/** `value`, for what the library refuses; anything else is thrown on. */
function refusal<T>(error: unknown, value: T): T {
  if (error instanceof DaveError && error.reason === 'refused') return value;
  throw error;
}

function invalid(why: string): Outcome {
  return { kind: 'invalid', why };
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
