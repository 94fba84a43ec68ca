import type { Snowflake } from '../../base/snowflake.ts';
import { DaveError } from '../../dave/dave-error.ts';
import { DAVE_OPS, daveTransition } from '../dave/dave-payloads.ts';
import type { DaveMessage, DaveSeat } from '../dave/dave-rooms.ts';
import { SpeakerGroup } from './speaker-group.ts';
import type { SpeakerGroupOptions } from './speaker-group.ts';
import type { Lane, LaneScheduler } from './lane-scheduler.ts';
import { plainFrame } from '../voice/spoken-packet.ts';
import type { SealedFrame } from '../voice/spoken-packet.ts';

export interface SpeakerMemberOptions extends SpeakerGroupOptions {
  /** `dave_protocol_version` of op 4: 0 where the call is not end-to-end encrypted. */
  readonly version: number;
  /** Shared by all speakers: acts on one message in a turn of the event loop. */
  readonly scheduler: LaneScheduler;
  /** Sends to the voice server: a Buffer is the body of a binary op, an object the `d` of a JSON op. */
  readonly say: (said: { readonly op: number; readonly body: Buffer | object }) => void;
  /** Whether the member answers proposals with a commit. */
  readonly commits: () => boolean;
}

/** Held until op 22: keys or version 0, which take effect then, and proposals, which are for the epoch after it. */
type Held =
  | { readonly kind: 'keys'; readonly transitionId: number; readonly message: DaveMessage }
  | { readonly kind: 'version 0'; readonly transitionId: number }
  | { readonly kind: 'proposals'; readonly body: Buffer };

/**
 * End-to-end encryption of one speaker's client. As official clients do, it sends op 23 at once and uses new keys from
 * op 22 on; davey by itself would use them as soon as it has them.
 */
export class SpeakerMember implements DaveSeat {
  readonly #options: SpeakerMemberOptions;
  #group: SpeakerGroup | null = null;
  /** Epoch and group of the keys that `seal` uses; null before the first. */
  #keys: { readonly epoch: number | null; readonly group: number } | null = null;
  #externalSender: Buffer | null = null;
  #sends: 'plain' | 'sealed' | 'nothing';
  #held: Held[] = [];
  /** From op 31 until the next keys: messages of the old group that fail meanwhile are no fault. */
  #isRecovering = false;
  #isOpen = true;
  /** Urgent: committers, since everyone waits for a commit, and who has keys already, before newcomers get theirs. */
  readonly #lane: Lane = {
    isUrgent: () => this.#sends === 'sealed' || this.#options.commits(),
  };

  constructor(options: SpeakerMemberOptions) {
    this.#options = options;
    this.#sends = options.version === 0 ? 'plain' : 'nothing';
  }

  get userId(): Snowflake {
    return this.#options.userId;
  }

  receive(message: DaveMessage): void {
    this.#inTurn(() => this.#act(message));
  }

  /** To be called when `commits` may have become true: sends a commit for the proposals that have been stored. */
  reconsider(): void {
    this.#inTurn(() => {
      if (this.#options.commits()) this.#answer(this.#group?.takeOver() ?? null);
    });
  }

  /** Null while there is no key, as when a new group forms; a real client drops such a packet before it is numbered. */
  seal(opus: Uint8Array): SealedFrame | null {
    const plain = plainFrame(opus);
    if (this.#sends === 'plain') return plain;
    if (this.#sends === 'nothing' || this.#group === null) return null;
    const payload = this.#group.seal(opus);
    if (payload.byteLength === opus.byteLength) return plain; // a silence frame
    return { ...plain, payload, ...this.#keys };
  }

  /** Messages that wait for their turn are dropped. */
  close(): void {
    this.#isOpen = false;
  }

  #inTurn(work: () => void): void {
    this.#options.scheduler.schedule(this.#lane, () => {
      if (this.#isOpen) work();
    });
  }

  #act(message: DaveMessage): void {
    const { op, body } = message;
    if (!Buffer.isBuffer(body)) return this.#onTransition(op, body);
    if (op === DAVE_OPS.externalSender) return this.#onExternalSender(body);
    if (op === DAVE_OPS.proposals) {
      if (this.#held.length > 0) this.#held.push({ kind: 'proposals', body });
      else this.#onProposals(body);
      return;
    }
    const transitionId = body.readUInt16BE();
    if (transitionId === 0) return this.#onKeys(message);
    this.#sayReady(transitionId);
    this.#held.push({ kind: 'keys', transitionId, message });
  }

  #onTransition(op: number, body: object): void {
    const { transition_id: transitionId = 0, protocol_version: version = 0 } =
      daveTransition.safeParse(body).data ?? {};
    if (op === DAVE_OPS.executeTransition) return this.#release(transitionId);
    if (op === DAVE_OPS.prepareEpoch) return this.#startOver();
    if (transitionId > 0) this.#sayReady(transitionId);
    if (version === 0) this.#held.push({ kind: 'version 0', transitionId });
    if (version === 0 && transitionId === 0) this.#release(0);
  }

  /** Op 22: acts on what is held up to that transition, and on the proposals between it and the next one. */
  #release(transitionId: number): void {
    const last = this.#held.findLastIndex(
      (held) => held.kind !== 'proposals' && held.transitionId === transitionId,
    );
    if (last < 0) return;
    const next = this.#held.findIndex((held, at) => at > last && held.kind !== 'proposals');
    for (const held of this.#held.splice(0, next < 0 ? this.#held.length : next)) {
      if (held.kind === 'keys') this.#onKeys(held.message);
      else if (held.kind === 'proposals') this.#onProposals(held.body);
      else this.#sends = 'plain';
    }
  }

  #onExternalSender(body: Buffer): void {
    this.#externalSender = body;
    if (this.#group === null) this.#begin();
    else this.#group.setExternalSender(body);
  }

  #onProposals(body: Buffer): void {
    const group = this.#group;
    if (group === null) return;
    try {
      if (this.#options.commits()) this.#answer(group.commitTo(body));
      else group.follow(body);
    } catch (error) {
      if (!(error instanceof DaveError)) throw error;
      // The proposals are of a group that this member is not in: the next commit fails too, and leads to op 31.
    }
  }

  #onKeys({ op, body, group }: DaveMessage): void {
    if (!Buffer.isBuffer(body) || this.#group === null) return;
    try {
      if (op === DAVE_OPS.welcome) this.#group.processWelcome(body.subarray(2));
      else this.#group.processCommit(body.subarray(2));
    } catch (error) {
      if (!(error instanceof DaveError)) throw error;
      if (!this.#isRecovering) this.#recover(body.readUInt16BE());
      return;
    }
    this.#keys = { epoch: this.#group.epoch, group };
    this.#sends = 'sealed';
    this.#isRecovering = false;
  }

  /** Op 24: leaves the group and sends a key package. A member that sends plain frames goes on until it has keys. */
  #startOver(): void {
    this.#held = [];
    if (this.#sends === 'sealed') this.#sends = 'nothing';
    this.#isRecovering = false;
    this.#begin();
  }

  #recover(transitionId: number): void {
    this.#options.say({
      op: DAVE_OPS.invalidCommitWelcome,
      body: { transition_id: transitionId },
    });
    this.#startOver();
    this.#isRecovering = true;
  }

  #begin(): void {
    this.#group = new SpeakerGroup(this.#options);
    if (this.#externalSender !== null) this.#group.setExternalSender(this.#externalSender);
    const keyPackage = Buffer.from(this.#group.makeKeyPackage());
    this.#options.say({ op: DAVE_OPS.keyPackage, body: keyPackage });
  }

  #answer(commit: Buffer | null): void {
    if (commit !== null) this.#options.say({ op: DAVE_OPS.commitWelcome, body: commit });
  }

  #sayReady(transitionId: number): void {
    this.#options.say({ op: DAVE_OPS.transitionReady, body: { transition_id: transitionId } });
  }
}
