import { type Opened, Openings } from '../base/openings.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { isSilenceFrame } from '../audio/opus-silence.ts';
import { CallVersion } from './call-version.ts';
import type { DaveSessionOptions, DaveState, E2eeState } from './dave-state.ts';
import { DaveError } from './dave-error.ts';
import { DaveGroup } from './dave-group.ts';
import type { GroupCause, Outcome } from './dave-group.ts';
import type { DaveMessage } from './dave-messages.ts';
import { isProtocolFrame } from './frame.ts';
import { Healing } from './healing.ts';
import type { MlsRef } from './mls-message.ts';
import { isExternalSender } from './mls-wire.ts';
import { OldKeys } from './old-keys.ts';

/** Messages that are kept until op 4; an ordinary call has one, op 25. */
const EARLY_AT_MOST = 64;

/** Op 24 with this epoch begins a new group. */
const NEW_GROUP_EPOCH = 1;

/** Id of a transition that is executed at once, without ops 23 and 22. */
const AT_ONCE = 0;

const TRANSITION_ID_BYTES = 2;

/** Key packages of ours that a late welcome may still name. */
const SPENT_AT_MOST = 64;

/** Pending for so long while frames arrive, the server has forgotten us: joining takes up to 2 s. */
const JOINING_MS = 10_000;

/**
 * A recorder's half of end-to-end encryption (DAVE protocol 1.1): one for each voice connection. A commit or welcome
 * that cannot be followed is reported to the voice server (op 31), which takes us in anew. No such fault is thrown.
 */
export class DaveSession {
  readonly #options: DaveSessionOptions;
  readonly #log: Log;
  readonly #recognised = new Set<Snowflake>();
  readonly #version = new CallVersion();
  readonly #healing = new Healing();
  readonly #oldKeys = new OldKeys();
  /** Our used key packages, oldest first. */
  readonly #spent = new Set<MlsRef>();
  readonly #openings: Openings;
  #externalSender: Uint8Array | null = null;
  #channelId: Snowflake;
  #state: DaveState = { kind: 'waiting', early: [] };
  #announced: E2eeState;

  constructor(options: DaveSessionOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#channelId = options.channelId;
    this.#openings = new Openings(options.clock);
    this.#announced = this.state;
  }

  get state(): E2eeState {
    const { current: version, executed: transitions } = this.#version;
    const group = this.#state.kind === 'active' && version > 0 ? this.#state.group : null;
    return {
      version,
      epoch: group?.epoch ?? null,
      privacyCode: group?.privacyCode ?? null,
      transitions,
    };
  }

  /** How many frames so far were opened, silence left out. A frame that is tried again counts again. */
  get opened(): Opened {
    return this.#openings.sum;
  }

  /** Users of whom the voice server or others say that they are here, ourselves left out. */
  get members(): readonly Snowflake[] {
    const { userId: own, peopleIn } = this.#options;
    const all = new Set([...this.#recognised, ...peopleIn(this.#channelId)]);
    all.delete(own);
    return [...all];
  }

  /** Op 4 with the call's version. Messages kept until then are handled in this call, in order. */
  begin(version: number): void {
    const early = this.#state.kind === 'waiting' ? this.#state.early : [];
    this.#guard(() => {
      if (this.#state.kind === 'closed') return;
      this.#version.set(version, this.#nowMs());
      if (version === 0) this.#becomePlain();
      else this.#startGroup(version, 'joining');
    });
    for (const message of early) this.handle(message);
  }

  /** Op 11, or any other message of the voice server that names users as connected. */
  clientsConnect(userIds: readonly Snowflake[]): void {
    const before = this.#recognised.size;
    for (const userId of userIds) this.#recognised.add(userId);
    if (this.#recognised.size > before) this.peopleChanged();
  }

  /** `peopleIn` may tell of somebody new: what was refused for want of a name is tried again. */
  peopleChanged(): void {
    this.#guard(() => {
      if (this.#state.kind !== 'pending' && this.#state.kind !== 'active') return;
      const { group } = this.#state;
      const answer = group.hasRefused ? group.retryRefused(this.#known) : null;
      if (answer === null) return;
      this.#log.info('proposals that were refused are committed');
      this.#options.send({ kind: 'commit-welcome', body: answer });
    });
  }

  /** Op 13. */
  clientDisconnect(userId: Snowflake): void {
    this.#recognised.delete(userId);
  }

  /** The call is another channel's than was thought. A group that was begun for the other one is begun again. */
  movedTo(channelId: Snowflake): void {
    this.#channelId = channelId;
    this.#guard(() => this.#leaveWrongGroup());
  }

  /**
   * The WebSocket has resumed. Our last commit may have been lost with the socket before, so it is sent again while
   * nobody has followed it: where no other member can commit, a newcomer would wait for its welcome for ever.
   */
  resumed(): void {
    if (this.#state.kind !== 'pending' && this.#state.kind !== 'active') return;
    const body = this.#state.group.openAnswer;
    if (body !== null) this.#options.send({ kind: 'commit-welcome', body });
  }

  /** Takes a message of the voice gateway. Never throws, whatever the bytes. */
  handle(message: DaveMessage): void {
    this.#guard(() => this.#take(message));
  }

  /**
   * The Opus packet in `frame`: `frame` itself where it is not encrypted. Null when no key opens it now: keep `frame` and
   * try again after `onKeys`. A frame opens only once, so the caller drops duplicates before.
   */
  open(userId: Snowflake, frame: Uint8Array): Uint8Array | null {
    const { kind } = this.#state;
    if (isSilenceFrame(frame)) return frame;
    if (kind === 'waiting' || kind === 'closed') return null;
    const opus = this.#openings.note(this.#open(userId, frame));
    const fate = opus === null ? 'unopened' : opus === frame ? 'plain' : 'opened';
    this.#log.flight.packet(fate, frame, this.#refusalOf(frame));
    return opus;
  }

  /** Why `frame`, the newest, was refused, if it was: the library's word in a group, else the state of the call. */
  #refusalOf(frame: Uint8Array): string | null {
    if (this.#state.kind !== 'active') return this.#state.kind;
    return isProtocolFrame(frame) ? this.#state.group.lastRefusal : 'not encrypted';
  }

  #open(userId: Snowflake, frame: Uint8Array): Uint8Array | null {
    const { kind } = this.#state;
    const nowMs = this.#nowMs();
    if (!isProtocolFrame(frame)) return this.#version.mayBePlain(nowMs) ? frame : null;
    const opus = kind === 'active' ? this.#state.group.open(userId, frame) : null;
    if (opus !== null) {
      this.#healing.opened(userId);
      return opus;
    }
    const late = this.#oldKeys.open(userId, frame, nowMs);
    if (late !== null || kind !== 'plain') return late;
    return this.#version.mayBeEncrypted(nowMs) ? null : frame; // Opus may look like a protocol frame
  }

  /** The frame to send for an Opus packet of ours: the packet itself in a plain call. Null: nobody could open it. */
  seal(opus: Uint8Array): Uint8Array | null {
    const state = this.#state;
    if (state.kind === 'waiting' || state.kind === 'closed') return null;
    if (this.#version.current === 0 || isSilenceFrame(opus)) return opus;
    return state.kind === 'active' ? state.group.seal(opus) : null;
  }

  /** A frame of `userId` waited for its key in vain. After 36 in a row that should have opened, begins a new group. */
  gaveUp(userId: Snowflake): void {
    const nowMs = this.#nowMs();
    if (!this.#shouldHaveOpened(userId, nowMs)) return;
    const step = this.#healing.gaveUp(userId, nowMs);
    if (step === 'wait') return;
    if (step === 'exhausted')
      return this.#log.warn('frames do not open, and a new group did not help');
    this.#guard(() => this.#recover(this.#version.newestTransition, 'frames do not open'));
  }

  /** Nothing is sent or announced after the call, and nothing opens. */
  close(): void {
    this.#transition({ kind: 'closed' });
    this.#oldKeys.clear();
  }

  #take(message: DaveMessage): void {
    const { kind } = this.#state;
    if (kind === 'closed') return;
    if (kind === 'waiting') return this.#keepEarly(message, this.#state.early);
    switch (message.kind) {
      case 'dave-external-sender':
        return this.#takeExternalSender(message.body);
      case 'dave-proposals':
        return this.#takeProposals(message.body);
      case 'dave-announce-commit':
        return this.#takeGroupChange(message.body, (group, body) => group.takeCommit(body));
      case 'dave-welcome':
        return this.#takeGroupChange(message.body, (group, body) =>
          group.takeWelcome(body, this.#spent),
        );
      case 'dave-prepare-transition':
        return this.#prepare(message.transitionId, message.protocolVersion);
      case 'dave-execute-transition':
        return this.#execute(message.transitionId);
      case 'dave-prepare-epoch':
        return this.#takeEpoch(message.epoch, message.protocolVersion);
    }
  }

  #keepEarly(message: DaveMessage, early: DaveMessage[]): void {
    if (early.length < EARLY_AT_MOST) early.push(message);
  }

  /** Op 25, for the pending group and for the groups to come. */
  #takeExternalSender(body: Uint8Array): void {
    const before = this.#externalSender;
    if (!isExternalSender(body))
      return this.#log.warn('no external sender', { bytes: body.byteLength });
    if (before !== null && Buffer.compare(before, body) === 0) return;
    this.#externalSender = Uint8Array.from(body);
    if (this.#state.kind !== 'pending' || this.#state.group.setExternalSender(body)) return;
    const { version, cause } = this.#state.group;
    this.#startGroup(version, cause); // refused: a commit of ours for the sender before is out
  }

  /** Op 27. Proposals that do not fit our group are for another one and get no answer. */
  #takeProposals(body: Uint8Array): void {
    if (this.#state.kind !== 'pending' && this.#state.kind !== 'active') return;
    const answer = this.#state.group.answerProposals(body, this.#known);
    this.#log.debug('proposals', { bytes: body.byteLength, committed: answer !== null });
    if (answer !== null) this.#options.send({ kind: 'commit-welcome', body: answer });
  }

  /** Users whom proposals may add. */
  get #known(): readonly Snowflake[] {
    return [...this.members, this.#options.userId];
  }

  /** Ops 29 and 30. */
  #takeGroupChange(
    message: Uint8Array,
    change: (group: DaveGroup, body: Uint8Array) => Outcome,
  ): void {
    const { kind } = this.#state;
    if (kind !== 'pending' && kind !== 'active') return;
    const { group } = this.#state;
    const transitionId = (message[0] ?? 0) * 256 + (message[1] ?? 0);
    const outcome = change(group, message.subarray(TRANSITION_ID_BYTES));
    switch (outcome.kind) {
      case 'foreign':
        return this.#log.debug('not for our group', { transitionId, why: outcome.why });
      case 'invalid':
        if (this.#healing.mayReport()) return this.#recover(transitionId, outcome.why);
        return this.#log.warn('beginning again does not help', { transitionId, why: outcome.why });
      case 'adopted':
        this.#transition({ kind: 'active', group });
        this.#healing.takenIn();
        this.#log.info('in the group', { epoch: group.epoch, transitionId });
        this.#oldKeys.supersede(this.#nowMs());
        this.#prepare(transitionId, group.version);
        return this.#leaveWrongGroup();
    }
  }

  /** Op 21, and what follows from ops 29 and 30. */
  #prepare(transitionId: number, version: number): void {
    this.#version.prepare(transitionId, version, this.#nowMs());
    if (transitionId === AT_ONCE) return this.#execute(transitionId);
    this.#options.send({ kind: 'transition-ready', transitionId });
    this.#keysChanged();
  }

  /** Op 22. */
  #execute(transitionId: number): void {
    const before = this.#version.current;
    const version = this.#version.execute(transitionId, this.#nowMs());
    if (version === null) return;
    if (version !== before) this.#log.info('version of the call', { version, before });
    if (version === 0) this.#becomePlain();
    else if (this.#state.kind === 'plain') this.#startGroup(version, 'joining');
    this.#keysChanged();
  }

  /** Op 24. Any epoch but 1 continues the group, in which protocol version 1 has nothing to change. */
  #takeEpoch(epoch: number, version: number): void {
    if (epoch !== NEW_GROUP_EPOCH) return this.#log.debug('epoch prepared', { epoch, version });
    this.#log.info('new group', { version });
    this.#version.forgetDowngrade();
    if (version > 0) return this.#startGroup(version, 'joining');
    this.#version.set(0, this.#nowMs());
    this.#becomePlain();
  }

  #becomePlain(): void {
    this.#transition({ kind: 'plain' });
    this.#oldKeys.supersede(this.#nowMs());
  }

  /** Op 31: the voice server removes us from the group and, by our new key package, adds us again. */
  #recover(transitionId: number, why: string): void {
    if (this.#state.kind !== 'pending' && this.#state.kind !== 'active') return;
    this.#log.warn('beginning again', { transitionId, why });
    this.#options.send({ kind: 'invalid-commit-welcome', transitionId });
    this.#startGroup(this.#state.group.version, 'recovering');
  }

  /** A member that takes the group for another channel's cannot follow the commits to come. */
  #leaveWrongGroup(): void {
    if (this.#state.kind !== 'active' || this.#state.group.channelId === this.#channelId) return;
    this.#recover(this.#version.newestTransition, 'the call is another channel’s');
  }

  #startGroup(version: number, cause: GroupCause): void {
    const { userId } = this.#options;
    const channelId = this.#channelId;
    try {
      const group = new DaveGroup({ version, userId, channelId }, cause, this.#log);
      if (this.#externalSender !== null) group.setExternalSender(this.#externalSender);
      this.#transition({ kind: 'pending', group, sinceMs: this.#nowMs() });
      this.#options.send({ kind: 'key-package', body: group.keyPackage });
    } catch (error) {
      if (!(error instanceof DaveError)) throw error;
      this.#log.error('end-to-end encryption fails', {
        reason: error.reason,
        error: error.message,
      });
      this.#transition({ kind: 'unable' });
    }
  }

  #transition(next: DaveState): void {
    const before = this.#state;
    this.#state = next;
    if (before.kind !== 'pending' && before.kind !== 'active') return;
    this.#spent.add(before.group.keyPackageRef);
    const [oldest = ''] = this.#spent;
    if (this.#spent.size > SPENT_AT_MOST) this.#spent.delete(oldest);
    const isLeft = next.kind !== 'active' || next.group !== before.group;
    if (isLeft) this.#healing.groupLeft();
    if (before.kind === 'active' && isLeft) this.#oldKeys.keep(before.group);
  }

  /**
   * Whether a frame of `userId` should open by now: no transition is under way, and that user is in our group, or is
   * connected while we have been pending for 10 s.
   */
  #shouldHaveOpened(userId: Snowflake, nowMs: number): boolean {
    const state = this.#state;
    if (this.#version.isChanging(nowMs)) return false;
    if (state.kind === 'active') return state.group.has(userId);
    if (state.kind !== 'pending' || nowMs < state.sinceMs + JOINING_MS) return false;
    return this.members.includes(userId);
  }

  #keysChanged(): void {
    this.#healing.keysChanged(this.#nowMs());
    this.#options.onKeys();
  }

  /** Logs what `work` throws: a fault in encryption costs frames, never the recording. */
  #guard(work: () => void): void {
    const announce = (): void => this.#announce();
    for (const step of [work, announce]) {
      try {
        step();
      } catch (error) {
        this.#log.error('fault in end-to-end encryption', { error: toError(error).message });
      }
    }
  }

  #announce(): void {
    const { state } = this;
    const before = this.#announced;
    const isSame =
      state.version === before.version &&
      state.epoch === before.epoch &&
      state.privacyCode === before.privacyCode &&
      state.transitions === before.transitions;
    if (isSame || this.#state.kind === 'closed') return;
    this.#announced = state;
    this.#options.onState(state);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
