import type { Snowflake } from '../base/snowflake.ts';
import { ExternalSender } from '../dave/external-sender.ts';
import type { SignedProposal } from '../dave/external-sender.ts';
import { u16 } from '../dave/mls-bytes.ts';
import {
  appendProposals,
  parseCommitWelcome,
  parseKeyPackage,
  revokeProposals,
  welcomeFor,
} from '../dave/mls-wire.ts';

export interface DaveRoomOptions {
  readonly channelId: Snowflake;
  /** A Buffer is the body of a binary op, an object the `d` of a JSON op. Must not call the room back at once. */
  readonly send: (userId: Snowflake, op: number, body: Buffer | object) => void;
  /** Op 22 goes out so long after a commit even when answers are missing; 2000 when absent. */
  readonly transitionLimitMs?: number;
}

/** `malformed`: not that structure at all (4002); `forbidden`: well formed, and not for this client to say (4020). */
export type RoomAnswer = 'taken' | 'malformed' | 'forbidden';

interface Client {
  /** Of the key package it may be added with. */
  readonly keyPackageRef: Buffer | null;
  /** What it holds as pending. */
  offered: readonly Proposal[];
}

interface ProposalBase extends SignedProposal {
  readonly userId: Snowflake;
  readonly sign: () => SignedProposal;
}
type Proposal = ProposalBase &
  (
    | { readonly kind: 'add'; readonly keyPackageRef: Buffer }
    | { readonly kind: 'remove'; readonly leaf: number }
  );
type Unsigned = Proposal extends infer One
  ? One extends Proposal
    ? Omit<One, keyof SignedProposal>
    : never
  : never;

const OPS = {
  prepareTransition: 21,
  executeTransition: 22,
  prepareEpoch: 24,
  externalSender: 25,
  proposals: 27,
  announceCommit: 29,
  welcome: 30,
} as const;
const TRANSITION_LIMIT_MS = 2000;
const DAVE_VERSION = 1;

/** The voice server's half of end-to-end encryption in one channel: no sockets, and no key of anybody's. */
export class DaveRoom {
  readonly #server: ExternalSender;
  readonly #send: DaveRoomOptions['send'];
  readonly #transitionLimitMs: number;
  readonly #clients = new Map<Snowflake, Client>();
  readonly #transitions = new Map<number, { waiting: Set<Snowflake>; timer: NodeJS.Timeout }>();
  #lastTransition = 0;
  #epoch = 0;
  /** Who sits at which leaf of the tree; null: blank. */
  #leaves: (Snowflake | null)[] = [];
  #inFlight: readonly Proposal[] = [];

  constructor({ channelId, send, transitionLimitMs }: DaveRoomOptions) {
    this.#server = new ExternalSender(channelId);
    this.#send = send;
    this.#transitionLimitMs = transitionLimitMs ?? TRANSITION_LIMIT_MS;
  }

  /** Of the group; 0 while it is pending. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Everyone in the group, those included who are about to be removed. */
  get members(): Snowflake[] {
    return this.#leaves.filter((userId) => userId !== null);
  }

  /** To be called after ops 4 and 11 went out. */
  connect(userId: Snowflake): void {
    this.#clients.set(userId, { keyPackageRef: null, offered: [] });
    this.#send(userId, OPS.externalSender, this.#server.packageBody());
  }

  /** Op 26. */
  keyPackage(userId: Snowflake, bytes: Uint8Array): RoomAnswer {
    const parsed = parseKeyPackage(bytes);
    if (parsed === null) return 'malformed';
    if (!parsed.isValid || parsed.userId !== userId) return 'forbidden';
    if (!this.#clients.has(userId)) return 'taken'; // gone meanwhile
    const keyPackageRef = parsed.ref;
    this.#clients.set(userId, { keyPackageRef, offered: [] });
    this.#withdrawAdd(userId);
    this.#queueRemove(userId); // in the group already: back after op 31
    const sign = (): SignedProposal => this.#server.add(this.#epoch, bytes);
    this.#queue({ kind: 'add', userId, keyPackageRef, sign });
    this.#offer();
    return 'taken';
  }

  /** Op 28: the first that fits wins, the others are dropped without a word. */
  commitWelcome(userId: Snowflake, bytes: Uint8Array): RoomAnswer {
    const parsed = parseCommitWelcome(bytes);
    if (parsed === null) return 'malformed';
    const { epoch, refs, commit, welcome } = parsed;
    const expected = this.#wantedBy(userId);
    const isExact =
      refs.length === expected.length &&
      expected.every((proposal) => refs.some((ref) => ref.equals(proposal.ref)));
    const adds = expected.filter((proposal) => proposal.kind === 'add');
    const isWhole = adds.length === 0 || welcome !== null;
    const mayCommit = this.#committers().includes(userId);
    if (epoch !== this.#epoch || !isExact || expected.length === 0 || !isWhole || !mayCommit) {
      return 'taken';
    }
    const transitionId = this.#epoch > 0 ? this.#newTransitionId() : 0;
    const continuing = this.#seat(userId, expected, refs);
    const welcomed = adds.filter((proposal) => this.#clients.has(proposal.userId));
    this.#epoch += 1;
    this.#inFlight = [];
    for (const client of this.#clients.values()) client.offered = [];
    for (const member of continuing) {
      this.#send(member, OPS.announceCommit, Buffer.concat([u16(transitionId), commit]));
    }
    for (const { userId: newcomer, keyPackageRef } of welcomed) {
      const own = welcomeFor(welcome ?? Buffer.alloc(0), [keyPackageRef]) ?? Buffer.alloc(0);
      this.#send(newcomer, OPS.welcome, Buffer.concat([u16(transitionId), own]));
    }
    const newcomers = welcomed.map((proposal) => proposal.userId);
    if (transitionId > 0) this.#await(transitionId, [...continuing, ...newcomers]);
    for (const member of this.members) if (!this.#clients.has(member)) this.#queueRemove(member);
    this.#offer();
    return 'taken';
  }

  /** Op 23. */
  transitionReady(userId: Snowflake, transitionId: number): void {
    const transition = this.#transitions.get(transitionId);
    if (transition?.waiting.delete(userId) === true && transition.waiting.size === 0) {
      this.#execute(transitionId);
    }
  }

  /** The client is gone; op 13 has gone out to the others. */
  leave(userId: Snowflake): void {
    if (!this.#clients.delete(userId)) return;
    for (const transitionId of [...this.#transitions.keys()]) {
      this.transitionReady(userId, transitionId);
    }
    if (this.#epoch > 0 && this.#clients.size <= 1) return this.#newGroup();
    this.#withdrawAdd(userId);
    this.#queueRemove(userId);
    this.#offer();
  }

  close(): void {
    for (const { timer } of this.#transitions.values()) clearTimeout(timer);
    this.#transitions.clear();
    this.#clients.clear();
  }

  /** Blanks the leaves of the removed, puts the added into the leftmost blank ones, and says who was there and stays. */
  #seat(
    committer: Snowflake,
    proposals: readonly Proposal[],
    refs: readonly Buffer[],
  ): Snowflake[] {
    if (this.#epoch === 0) this.#leaves = [committer];
    for (const proposal of proposals) {
      if (proposal.kind === 'remove') this.#leaves[proposal.leaf] = null;
    }
    const continuing = this.members.filter((member) => this.#clients.has(member));
    for (const ref of refs) {
      const add = proposals.find((one) => one.kind === 'add' && one.ref.equals(ref));
      if (add === undefined) continue;
      const blank = this.#leaves.indexOf(null);
      this.#leaves[blank < 0 ? this.#leaves.length : blank] = add.userId;
    }
    return continuing;
  }

  #queueRemove(userId: Snowflake): void {
    const leaf = this.#leaves.indexOf(userId);
    const isQueued = this.#inFlight.some((one) => one.kind === 'remove' && one.userId === userId);
    if (leaf < 0 || isQueued) return;
    const sign = (): SignedProposal => this.#server.remove(this.#epoch, leaf);
    this.#queue({ kind: 'remove', userId, leaf, sign });
  }

  #queue(proposal: Unsigned): void {
    this.#inFlight = [...this.#inFlight, { ...proposal, ...proposal.sign() }];
  }

  /**
   * Members adopt their latest prepared commit when their own one is announced, so a set of references must never
   * come back: an old commit over it would be taken, and its author would be left in another state without any error.
   * What remains is therefore signed anew.
   */
  #withdrawAdd(userId: Snowflake): void {
    const rest = this.#inFlight.filter((one) => one.kind !== 'add' || one.userId !== userId);
    if (rest.length === this.#inFlight.length) return;
    this.#inFlight = rest.map((one) => ({ ...one, ...one.sign() }));
  }

  /** Who has to turn proposals into a commit. */
  #committers(): Snowflake[] {
    if (this.#epoch === 0) {
      return [...this.#clients].flatMap(([userId, { keyPackageRef }]) =>
        keyPackageRef === null ? [] : [userId],
      );
    }
    const removes = this.#inFlight.filter((one) => one.kind === 'remove');
    const leaving = new Set(removes.map((one) => one.userId));
    return this.members.filter((userId) => this.#clients.has(userId) && !leaving.has(userId));
  }

  /** Nobody adds himself. */
  #wantedBy(userId: Snowflake): Proposal[] {
    return this.#inFlight.filter((one) => this.#epoch > 0 || one.userId !== userId);
  }

  /** Brings what every committer holds in line with what is in flight. */
  #offer(): void {
    const committers = this.#committers();
    if (this.#epoch > 0 && this.#inFlight.length > 0 && committers.length === 0) {
      return this.#newGroup();
    }
    for (const userId of committers) {
      const client = this.#clients.get(userId);
      if (client !== undefined) this.#offerTo(userId, client);
    }
  }

  #offerTo(userId: Snowflake, client: Client): void {
    const wanted = this.#wantedBy(userId);
    const { offered } = client;
    const isGone = offered.some((one) => !wanted.includes(one));
    const fresh = wanted.filter((one) => !offered.includes(one));
    if (!isGone && fresh.length === 0) return;
    // davey drops its welcome when the last op 27 held no Add: pending Adds always travel in the last one.
    const isAppend = !isGone && (fresh.some(isAdd) || !wanted.some(isAdd));
    if (!isAppend && offered.length > 0) {
      this.#send(userId, OPS.proposals, revokeProposals(offered));
    }
    const next = isAppend ? fresh : wanted;
    if (next.length > 0) this.#send(userId, OPS.proposals, appendProposals(next));
    client.offered = wanted;
  }

  /** One member is left, or nobody is able to commit. */
  #newGroup(): void {
    this.#epoch = 0;
    this.#leaves = [];
    this.#inFlight = [];
    for (const userId of this.#clients.keys()) {
      this.#clients.set(userId, { keyPackageRef: null, offered: [] });
      const version = { transition_id: 0, protocol_version: DAVE_VERSION };
      this.#send(userId, OPS.prepareEpoch, { ...version, epoch: 1 });
      this.#send(userId, OPS.prepareTransition, version);
    }
  }

  #newTransitionId(): number {
    this.#lastTransition = (this.#lastTransition % 65_535) + 1;
    return this.#lastTransition;
  }

  #await(transitionId: number, userIds: readonly Snowflake[]): void {
    const timer = setTimeout(() => this.#execute(transitionId), this.#transitionLimitMs);
    this.#transitions.set(transitionId, { waiting: new Set(userIds), timer });
  }

  #execute(transitionId: number): void {
    const transition = this.#transitions.get(transitionId);
    if (transition === undefined) return;
    clearTimeout(transition.timer);
    this.#transitions.delete(transitionId);
    for (const userId of this.#clients.keys()) {
      this.#send(userId, OPS.executeTransition, { transition_id: transitionId });
    }
  }
}

function isAdd(proposal: Proposal): boolean {
  return proposal.kind === 'add';
}
