import { z } from 'zod';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { parseRtpPacket } from '../../main/rtp/rtp-packet.ts';
import { DaveyMember } from './davey-member.ts';
import { enterCall } from './demo-call.ts';
import type { DemoCall } from './demo-call.ts';
import { join } from './raw-client.ts';
import type { Joined, Message } from './raw-client.ts';

/** One packet of another person, transport encryption taken off. */
export interface HeardFrame {
  readonly userId: string;
  readonly sequence: number;
  readonly payload: Buffer;
  /** The Opus packet that davey opens it to; null while it does not open. */
  opus: Buffer | null;
}

const speaking = z.object({ user_id: z.string(), ssrc: z.number() });
const transition = z.object({
  transition_id: z.number().default(0), // op 24 has none
  protocol_version: z.number().optional(),
});
const SILENCE = Buffer.from('f8fffe', 'hex');

/**
 * A member of an encrypted call, on davey alone: answers the voice server as the DAVE protocol's message flow says and
 * opens the frames that it receives, again after every change of keys.
 */
export class EncryptedCaller {
  readonly call: DemoCall;
  /** What a resume needs: main gateway, endpoint and credentials. */
  readonly joined: Joined;
  readonly heard: HeardFrame[] = [];
  /** Ops 21 to 31 that were received, in order. */
  readonly told: number[] = [];
  readonly said: number[] = [];
  readonly #member: DaveyMember;
  readonly #names = new Map<number, string>();
  #isRecovering = false;
  #taken = 0;

  /** Joins the demo's voice channel. */
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

  /** The privacy code of its group; empty while in none. */
  get privacyCode(): string {
    return this.#member.session.voicePrivacyCode;
  }

  get members(): string[] {
    return this.#member.session.getUserIds();
  }

  /** Reads the datagrams that came since the last call, opens those that open, and gives all frames so far. */
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

  /** The frame in which the others get that Opus packet; throws davey's error while there is no key. */
  seal(opus: Buffer): Buffer {
    return this.#member.session.encryptOpus(opus);
  }

  /** Sends ops 31 and 26: leaves its group and asks to be added again. */
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
    this.listen(); // frames that came before this message open under the keys before it
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
      // Proposals of a group that this member is not in.
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
