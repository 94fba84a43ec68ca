import { z } from 'zod';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { parseRtpPacket } from '../../main/rtp/rtp-packet.ts';
import { DaveyMember } from './davey-member.ts';
import { enterCall } from './demo-call.ts';
import type { DemoCall } from './demo-call.ts';
import { join } from './raw-client.ts';
import type { Joined, Message } from './raw-client.ts';

/** One packet of somebody, as it came. */
export interface HeardFrame {
  readonly userId: string;
  readonly sequence: number;
  readonly payload: Buffer;
  /** What davey makes of it; null: not to be opened so far. */
  opus: Buffer | null;
}

const speaking = z.object({ user_id: z.string(), ssrc: z.number() });
const transition = z.object({
  transition_id: z.number(),
  protocol_version: z.number().optional(),
});
const SILENCE = Buffer.from('f8fffe', 'hex');

/**
 * A member of an encrypted call that follows the DAVE protocol's message flow, on davey alone: answers the voice server and opens
 * what it hears, again after every change of keys.
 */
export class EncryptedCaller {
  readonly call: DemoCall;
  /** With which it can be resumed. */
  readonly joined: Joined;
  readonly heard: HeardFrame[] = [];
  /** Ops of end-to-end encryption in the order in which they came and went: 25, 26, 27 … */
  readonly told: number[] = [];
  readonly said: number[] = [];
  readonly #member: DaveyMember;
  readonly #names = new Map<number, string>();
  #isRecovering = false;
  #taken = 0;

  /** Comes into the demo's voice channel. */
  static async enter(demo: DemoServer, token = demo.token): Promise<EncryptedCaller> {
    const channelId = demo.setting.channels.voice.id;
    const joined = await join(demo, { channelId, token });
    const call = await enterCall(joined);
    return new EncryptedCaller(
      { joined, call },
      new DaveyMember(joined.identify.user_id, channelId),
    );
  }

  private constructor(
    { joined, call }: { readonly joined: Joined; readonly call: DemoCall },
    member: DaveyMember,
  ) {
    this.call = call;
    this.joined = joined;
    this.#member = member;
    const description = call.voice.received.find(({ op }) => op === 4);
    const { dave_protocol_version: version } = z
      .object({ dave_protocol_version: z.number() })
      .parse(description?.d);
    if (version > 0) this.#say(26, member.keyPackage);
    call.voice.listen((message) => this.#onMessage(message));
  }

  /** Of the group it sits in; empty while in none. */
  get privacyCode(): string {
    return this.#member.session.voicePrivacyCode;
  }

  get members(): string[] {
    return this.#member.session.getUserIds();
  }

  /** Takes in what has come since, and opens what can be opened. */
  listen(): readonly HeardFrame[] {
    const datagrams = this.call.udp.received.slice(this.#taken);
    this.#taken = this.call.udp.received.length;
    for (const datagram of datagrams) {
      const packet = parseRtpPacket(datagram);
      const payload = packet === null ? null : this.call.cipher.open(packet);
      const userId = this.#names.get(packet?.ssrc ?? 0);
      if (packet === null || payload === null || userId === undefined) continue;
      const frame = {
        userId,
        sequence: packet.sequence,
        payload: Buffer.from(payload),
        opus: null,
      };
      this.heard.push(frame);
      this.#open(frame);
    }
    return this.heard;
  }

  /** Ops 31 and 26: gives up on the group it is in. */
  recover(transitionId: number): void {
    this.#say(31, { transition_id: transitionId });
    this.#startOver();
    this.#isRecovering = true;
  }

  #onMessage({ op, d }: Message): void {
    if (op === 5) {
      const { user_id: userId, ssrc } = speaking.parse(d);
      this.#names.set(ssrc, userId);
    }
    if (op < 21 || op > 31) return;
    this.listen(); // under the keys of before
    this.told.push(op);
    if (Buffer.isBuffer(d)) this.#onBinary(op, d);
    else this.#onTransition(op, transition.parse(d));
    for (const frame of this.heard) if (frame.opus === null) this.#open(frame);
  }

  #onTransition(op: number, d: z.output<typeof transition>): void {
    const { transition_id: transitionId, protocol_version: version } = d;
    if (op === 24) this.#startOver();
    if (op !== 21) return;
    if (version === 0) this.#member.session.setPassthroughMode(true);
    if (transitionId > 0) this.#say(23, { transition_id: transitionId });
  }

  #onBinary(op: number, body: Buffer): void {
    if (op === 25) return this.#member.session.setExternalSender(body);
    if (op === 27) return this.#onProposals(body);
    const transitionId = body.readUInt16BE();
    try {
      if (op === 29) this.#member.session.processCommit(body.subarray(2));
      if (op === 30) this.#member.session.processWelcome(body.subarray(2));
    } catch {
      if (!this.#isRecovering) this.recover(transitionId);
      return;
    }
    this.#isRecovering = false;
    if (transitionId > 0) this.#say(23, { transition_id: transitionId });
  }

  #onProposals(body: Buffer): void {
    try {
      const answer = this.#member.proposals(body);
      if (answer !== null) this.#say(28, answer);
    } catch {
      // Of a group that this member is not in, or no longer.
    }
  }

  #startOver(): void {
    this.#isRecovering = false;
    this.#member.startOver();
    this.#say(26, this.#member.keyPackage);
  }

  #open(frame: HeardFrame): void {
    if (frame.payload.equals(SILENCE)) frame.opus = frame.payload;
    else frame.opus = this.#member.open(frame.userId, frame.payload);
  }

  #say(op: number, body: Buffer | object): void {
    this.said.push(op);
    if (Buffer.isBuffer(body)) this.call.voice.sendText(Buffer.concat([Buffer.of(op), body]));
    else this.call.voice.send(op, body);
  }
}
