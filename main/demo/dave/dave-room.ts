import type { Snowflake } from '../../base/snowflake.ts';
import { DaveLeaves } from './dave-leaves.ts';
import { DAVE_OPS } from './dave-payloads.ts';
import { areExactly, isAdd, isRemove, signed, stepFrom } from './dave-proposals.ts';
import type { DaveProposal } from './dave-proposals.ts';
import { DaveTransitions } from './dave-transitions.ts';
import type { DaveChange } from './dave-transitions.ts';
import { ExternalSender } from '../../dave/external-sender.ts';
import type { SignedProposal } from '../../dave/external-sender.ts';
import { u16 } from '../../dave/mls-bytes.ts';
import {
  appendProposals,
  parseCommitWelcome,
  parseKeyPackage,
  revokeProposals,
  welcomeFor,
} from '../../dave/mls-wire.ts';
import { StaleCommit } from './stale-commit.ts';
import type { FittingCommit, StaleCommitOptions } from './stale-commit.ts';

export interface DaveRoomOptions {
  readonly channelId: Snowflake;
  /** A Buffer is the body of a binary op, an object the `d` of a JSON op. Must not call the room before it returns. */
  readonly send: (userId: Snowflake, op: number, body: Buffer | object) => void;
  /** How long op 22 waits for clients that have not sent op 23; 2000 when absent. */
  readonly transitionLimitMs?: number;
  /** Proposals go out this long after the last join or leave, so that one commit carries out several; 0 when absent. */
  readonly offerAfterMs?: number;
  /** A commit has been accepted; `members` and `epoch` are already as it makes them. */
  readonly onCommit?: (commit: AcceptedCommit) => void;
}

export interface AcceptedCommit {
  readonly userId: Snowflake;
  /** 0 for the first commit of a group, which takes effect at once. */
  readonly transitionId: number;
  readonly added: readonly Snowflake[];
  readonly removed: readonly Snowflake[];
}

/** `malformed`: the bytes are not that structure (4002); `forbidden`: they are, but not this client's to send (4020). */
export type RoomAnswer = 'taken' | 'malformed' | 'forbidden';

interface Client {
  /** Reference of the key package by which the client may be added; null before op 26. */
  readonly keyPackageRef: Buffer | null;
  /** Proposals that the client has been sent and not seen committed or revoked. */
  offered: readonly DaveProposal[];
}

const TRANSITION_LIMIT_MS = 2000;

/** The voice server's half of end-to-end encryption in one channel. Has no socket, and no member's keys. */
export class DaveRoom {
  readonly transitions: DaveTransitions;
  /** How many proposals one op 27 carries at most. */
  proposalsPerMessage = Infinity;
  /** `twice`: proposals are revoked right after they were sent, signed anew and sent again. */
  offers: 'once' | 'twice' = 'once';
  readonly #options: DaveRoomOptions;
  readonly #server: ExternalSender;
  readonly #clients = new Map<Snowflake, Client>();
  readonly #leaves = new DaveLeaves();
  #version: 0 | 1 = 1;
  #group = 1;
  #epoch = 0;
  #inFlight: readonly DaveProposal[] = [];
  #offerTimer: NodeJS.Timeout | null = null;
  #stale: StaleCommit | null = null;
  /** Clients whose keys differ from everyone else's after a stale commit. */
  readonly #astray = new Set<Snowflake>();

  constructor(options: DaveRoomOptions) {
    this.#options = options;
    this.#server = new ExternalSender(options.channelId);
    this.transitions = new DaveTransitions({
      limitMs: options.transitionLimitMs ?? TRANSITION_LIMIT_MS,
      onExecute: (transitionId, what) => this.#execute(transitionId, what),
    });
  }

  /** `dave_protocol_version` of op 4: 0 between a downgrade and the next new group, else 1. */
  get version(): 0 | 1 {
    return this.#version;
  }

  /** Counts the groups of this room from 1. */
  get group(): number {
    return this.#group;
  }

  /** Epoch of the group; 0 before its first commit. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Everyone in the group, from the first leaf to the last; also clients whose Remove is not committed yet. */
  get members(): Snowflake[] {
    return this.#leaves.members;
  }

  /** True from a stale commit of that client until its next key package: its keys differ from everyone else's. */
  isAstray(userId: Snowflake): boolean {
    return this.#astray.has(userId);
  }

  /** True while proposals wait to be offered, or for a commit that some client can make. */
  get isChanging(): boolean {
    return (
      this.#offerTimer !== null ||
      this.#committers().some((userId) => this.#wantedBy(userId).length > 0)
    );
  }

  /** To be called after op 4, or right before it; sends op 25 unless the call is plain. */
  connect(userId: Snowflake): void {
    this.#clients.set(userId, { keyPackageRef: null, offered: [] });
    if (this.#version > 0) this.#send(userId, DAVE_OPS.externalSender, this.#server.packageBody());
  }

  /** Op 26. */
  keyPackage(userId: Snowflake, bytes: Uint8Array): RoomAnswer {
    const parsed = parseKeyPackage(bytes);
    if (parsed === null) return 'malformed';
    if (!parsed.isValid || parsed.userId !== userId) return 'forbidden';
    if (!this.#clients.has(userId) || this.#version === 0) return 'taken'; // the client has left, or the call is plain
    this.#astray.delete(userId);
    const keyPackageRef = parsed.ref;
    this.#clients.set(userId, { keyPackageRef, offered: [] });
    this.#withdrawAdd(userId);
    this.#queueRemove(userId); // in the group already, when the client recovers by ops 31 and 26
    const sign = () => this.#server.add(this.#epoch, bytes);
    this.#inFlight = [...this.#inFlight, signed({ kind: 'add', userId, keyPackageRef, sign })];
    this.#offerSoon();
    return 'taken';
  }

  /** Op 28: the first commit that fits the epoch's proposals is accepted, any other is dropped without an answer. */
  commitWelcome(userId: Snowflake, bytes: Uint8Array): RoomAnswer {
    const parsed = parseCommitWelcome(bytes);
    if (parsed === null) return 'malformed';
    const expected = this.#wantedBy(userId);
    const isWhole = parsed.welcome !== null || !expected.some(isAdd);
    const isCurrent = parsed.epoch === this.#epoch && areExactly(parsed.refs, expected);
    const mayCommit = this.#committers().includes(userId) && !this.#astray.has(userId);
    if (!isWhole || !isCurrent || expected.length === 0 || !mayCommit) return 'taken';
    const fitting = { commit: parsed, proposals: expected };
    if (this.#stale === null) this.#accept(userId, fitting);
    else this.#acceptStale(userId, fitting, this.#stale);
    return 'taken';
  }

  /** A signed Remove for one of the demo's own members, which keeps davey from making commits (see `SpeakerGroup`). */
  signRemoval(epoch: number, leaf: number): SignedProposal {
    return this.#server.remove(epoch, leaf);
  }

  /** Makes the client's next commit stale. Its later commits are dropped until it sends a new key package. */
  announceStale(options: StaleCommitOptions): void {
    this.#stale = new StaleCommit(options);
  }

  /** Op 23. */
  transitionReady(userId: Snowflake, transitionId: number): void {
    this.transitions.ready(userId, transitionId);
  }

  /** The client has left; to be called after op 13 has gone out to the others. */
  leave(userId: Snowflake): void {
    if (!this.#clients.delete(userId)) return;
    this.#astray.delete(userId);
    this.transitions.forget(userId);
    if (this.#epoch > 0 && this.#clients.size <= 1) return this.newGroup();
    this.#withdrawAdd(userId);
    this.#queueRemove(userId);
    this.#offerSoon();
  }

  /**
   * Everyone forms a new group (ops 24 and 21): when one client is left, when nobody can make a commit, or on request.
   * After a downgrade op 25 goes out too, since clients that joined meanwhile have not been sent it.
   */
  newGroup(): void {
    const wasPlain = this.#version === 0;
    this.#version = 1;
    this.#forgetGroup();
    for (const userId of this.#clients.keys()) {
      // Documented with a transition_id, sent without one.
      this.#send(userId, DAVE_OPS.prepareEpoch, { protocol_version: 1, epoch: 1 });
      if (wasPlain) this.#send(userId, DAVE_OPS.externalSender, this.#server.packageBody());
      const version = { transition_id: 0, protocol_version: 1 };
      this.#send(userId, DAVE_OPS.prepareTransition, version);
    }
  }

  /** Back to plain frames for everyone, from op 22 on. */
  downgrade(): void {
    if (this.#version === 0) return;
    this.#version = 0;
    this.#forgetGroup();
    const transitionId = this.transitions.newId();
    const announcement = { transition_id: transitionId, protocol_version: 0 };
    const userIds = [...this.#clients.keys()];
    this.transitions.begin(transitionId, userIds, 'version 0');
    for (const userId of userIds) {
      this.#send(userId, DAVE_OPS.prepareTransition, announcement);
    }
  }

  close(): void {
    if (this.#offerTimer !== null) clearTimeout(this.#offerTimer);
    this.transitions.close();
    this.#clients.clear();
  }

  #acceptStale(userId: Snowflake, fitting: FittingCommit, stale: StaleCommit): void {
    const due = stale.take(userId, fitting);
    if (due === null) return;
    this.#stale = null;
    this.#astray.add(userId);
    this.#accept(userId, due);
    stale.options.onAnnounced();
  }

  #accept(userId: Snowflake, { commit, proposals }: FittingCommit): void {
    const transitionId = this.#epoch > 0 ? this.transitions.newId() : 0;
    if (this.#epoch === 0) this.#leaves.startOver(userId);
    const continuing = this.#leaves
      .commit(proposals, commit.refs)
      .filter((member) => this.#clients.has(member));
    const added = proposals.filter(isAdd);
    const welcomed = added.filter((proposal) => this.#clients.has(proposal.userId));
    this.#epoch += 1;
    // A founder is in the group without an Add, so the Add of the founder is done too.
    const isDone = (one: DaveProposal) =>
      proposals.includes(one) || (isAdd(one) && one.userId === userId);
    this.#inFlight = this.#inFlight.filter((one) => !isDone(one)).map(signed);
    for (const client of this.#clients.values()) client.offered = [];
    this.#options.onCommit?.({
      userId,
      transitionId,
      added: added.map((one) => one.userId),
      removed: proposals.filter(isRemove).map((one) => one.userId),
    });
    for (const member of continuing) {
      this.#send(
        member,
        DAVE_OPS.announceCommit,
        Buffer.concat([u16(transitionId), commit.commit]),
      );
    }
    for (const { userId: newcomer, keyPackageRef } of welcomed) {
      const own = welcomeFor(commit.welcome ?? Buffer.alloc(0), [keyPackageRef]);
      const body = Buffer.concat([u16(transitionId), own ?? Buffer.alloc(0)]);
      this.#send(newcomer, DAVE_OPS.welcome, body);
    }
    const newcomers = welcomed.map((proposal) => proposal.userId);
    if (transitionId > 0)
      this.transitions.begin(transitionId, [...continuing, ...newcomers], 'keys');
    for (const member of this.members) if (!this.#clients.has(member)) this.#queueRemove(member);
    this.#offerSoon();
  }

  #queueRemove(userId: Snowflake): void {
    const leaf = this.#leaves.leafOf(userId);
    const isQueued = this.#inFlight.some((one) => one.kind === 'remove' && one.userId === userId);
    if (leaf < 0 || isQueued) return;
    const sign = () => this.#server.remove(this.#epoch, leaf);
    this.#inFlight = [...this.#inFlight, signed({ kind: 'remove', userId, leaf, sign })];
  }

  /**
   * Without that user's Add, the other proposals are signed anew, so that a set of references never occurs twice: an
   * old commit over a repeated set would be accepted, while its author adopts the commit that it prepared last.
   */
  #withdrawAdd(userId: Snowflake): void {
    const rest = this.#inFlight.filter((one) => one.kind !== 'add' || one.userId !== userId);
    if (rest.length < this.#inFlight.length) this.#inFlight = rest.map(signed);
  }

  /** Clients that may commit: before the first epoch everyone with a key package, then members who are not leaving. */
  #committers(): Snowflake[] {
    if (this.#epoch === 0) {
      return [...this.#clients].flatMap(([userId, { keyPackageRef }]) =>
        keyPackageRef === null ? [] : [userId],
      );
    }
    const leaving = new Set(this.#inFlight.filter(isRemove).map((one) => one.userId));
    return this.members.filter((userId) => this.#clients.has(userId) && !leaving.has(userId));
  }

  /** Proposals that the user's commit has to carry out: all, but the Add of a founder itself. */
  #wantedBy(userId: Snowflake): DaveProposal[] {
    return this.#inFlight.filter((one) => this.#epoch > 0 || one.userId !== userId);
  }

  #offerSoon(): void {
    if (this.#offerTimer !== null) clearTimeout(this.#offerTimer);
    this.#offerTimer = null;
    const { offerAfterMs = 0 } = this.#options;
    if (offerAfterMs === 0) return this.#offer();
    this.#offerTimer = setTimeout(() => {
      this.#offerTimer = null;
      this.#offer();
    }, offerAfterMs);
  }

  /** Sends each committer what its pending proposals lack, and revokes what they have too much. */
  #offer(): void {
    const committers = this.#committers();
    const isStuck = this.#inFlight.length > 0 && committers.length === 0;
    if (this.#epoch > 0 && isStuck) return this.newGroup();
    for (const userId of committers) this.#offerTo(userId);
    if (this.offers === 'once' || this.#inFlight.length === 0) return;
    this.#inFlight = this.#inFlight.map(signed);
    for (const userId of committers) this.#offerTo(userId);
  }

  #offerTo(userId: Snowflake): void {
    const client = this.#clients.get(userId);
    if (client === undefined) return;
    const wanted = this.#wantedBy(userId);
    const { revoke, append } = stepFrom(client.offered, wanted);
    client.offered = wanted;
    if (revoke.length > 0) this.#send(userId, DAVE_OPS.proposals, revokeProposals(revoke));
    // Adds go last: the last op 27 of a batch has to hold one, see `stepFrom`.
    const inOrder = [...append].sort((a, b) => Number(isAdd(a)) - Number(isAdd(b)));
    while (inOrder.length > 0) {
      const part = inOrder.splice(0, Math.min(this.proposalsPerMessage, inOrder.length));
      this.#send(userId, DAVE_OPS.proposals, appendProposals(part));
    }
  }

  #execute(transitionId: number, what: DaveChange): void {
    if (what === 'version 0' && this.#version === 1) return; // a new group has ended the downgrade
    for (const userId of this.#clients.keys()) {
      this.#send(userId, DAVE_OPS.executeTransition, { transition_id: transitionId });
    }
  }

  #forgetGroup(): void {
    this.#group += 1;
    this.#epoch = 0;
    this.#leaves.startOver(null);
    this.#inFlight = [];
    for (const userId of this.#clients.keys()) {
      this.#clients.set(userId, { keyPackageRef: null, offered: [] });
    }
  }

  #send(userId: Snowflake, op: number, body: Buffer | object): void {
    this.#options.send(userId, op, body);
  }
}
