import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { createTransportCipher, type TransportCipher } from '../../main/rtp/transport-cipher.ts';
import type { RecordedVoice } from '../../main/session/recorder.ts';
import type { E2eeState } from '../../main/dave/dave-state.ts';
import { Arrivals } from './simulated-arrivals.ts';
import { SentTally } from './simulated-tally.ts';
import { DaveCrowd, type DaveClient } from './dave-crowd.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import type { Absence, Plan, Stretch } from './simulated-plan.ts';
import { Talker, type SpokenPacket } from './simulated-talker.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';

/** Gets what happens in the call; times in milliseconds from sample 0. */
export interface CallListener {
  datagram(bytes: Uint8Array, atMs: number): void;
  name(ssrc: number, userId: string): void;
  keysChanged(): void;
  e2ee(state: E2eeState): void;
  arrived(userId: string): void;
  /** On the main gateway. */
  left(userId: string): void;
  /** On the voice gateway (op 13). */
  disconnected(userId: string): void;
}

interface Participant {
  readonly talker: Talker;
  readonly tally: SentTally;
  /** Null while away. */
  client: DaveClient | null;
  /** Number of stretches that were over when this person last sent. */
  section: number;
}

export const MODE = 'aead_aes256_gcm_rtpsize';
/** Op 5 comes this long after the first packet, for half of the SSRCs. */
const NAME_LATE_MS = 120;
/** Somebody leaves after this much silence, when their last packet has arrived. */
const SILENT_MS = 2_000;
/** One person talks from this long before an outage until this long after it. */
const HOLD_MS = 2_000;
const JUNK_EVERY_MS = 60_000;
const VIDEO_PACKETS = 200;

/**
 * A long end-to-end encrypted call and the network between it and us, made step by step from a seed, in constant
 * memory. Every datagram is sealed by the sender's own DAVE session and the transport cipher.
 */
export class SimulatedCall implements Disposable {
  readonly crowd = new DaveCrowd();
  readonly rejected = { 'not-rtp': 0, 'transport-auth': 0, 'payload-type': 0, 'unknown-ssrc': 0 };
  readonly #plan: Plan;
  readonly #random: SeededRandom;
  readonly #network: SimulatedNetwork;
  readonly #arrivals = new Arrivals<() => void>();
  readonly #participants: Participant[];
  readonly #ownId: string;
  readonly #named = new Set<number>();
  /** SSRCs of those who are here. As Discord's, they are small, and used again when their owner has left. */
  readonly #ssrcs = new Set<number>();
  #us: DaveClient | null = null;
  #cipher: TransportCipher | null = null;
  #listener: CallListener | null = null;

  constructor(
    plan: Plan,
    { speakers, seed }: { readonly speakers: number; readonly seed: number },
  ) {
    this.#plan = plan;
    this.#random = new SeededRandom(seed);
    this.#network = new SimulatedNetwork(plan, new SeededRandom(seed + 1));
    this.#participants = Array.from({ length: speakers }, (_, number) => {
      const client = this.crowd.join();
      this.crowd.deliverAll();
      const talker = new Talker({
        userId: client.userId,
        random: new SeededRandom(seed + 2 + number),
        newSsrc: () => this.#newSsrc(),
        clock: number % 3 === 2 ? 'frozen' : 'running',
        driftPpm: ((number % 5) - 2) * 20,
      });
      return { talker, tally: new SentTally(), client, section: 0 };
    });
    const us = this.crowd.join();
    this.crowd.leave(us);
    this.#ownId = us.userId;
    this.#settle();
  }

  get ownId(): string {
    return this.#ownId;
  }

  get people(): readonly {
    readonly userId: string;
    readonly tally: SentTally;
    readonly isHere: boolean;
  }[] {
    return this.#participants.map(({ talker: { userId }, tally, client }) => ({
      userId,
      tally,
      isHere: client !== null,
    }));
  }

  listen(listener: CallListener): void {
    this.#listener = listener;
  }

  /** We join: a new voice session, in which everybody has a new SSRC. */
  connect(): RecordedVoice {
    const us = this.crowd.join(this.#ownId);
    us.onKeys = () => this.#listener?.keysChanged();
    this.#us = us;
    this.#named.clear();
    this.#ssrcs.clear();
    for (const { talker, tally } of this.#participants) {
      talker.beginStream();
      tally.breakOff();
    }
    this.crowd.deliverAll();
    const key = this.#random.bytes(32);
    this.#cipher = createTransportCipher(MODE, key);
    this.#settle();
    return { cipher: createTransportCipher(MODE, key), dave: us.session };
  }

  /** We leave; what is on its way is lost. */
  disconnect(): void {
    if (this.#us !== null) this.crowd.leave(this.#us);
    this.#us = null;
    this.#cipher = null;
    this.#arrivals.clear();
    this.#settle();
  }

  /** Sends everything that is due in [from, to), 20 ms at most, and delivers everything that arrives in it. */
  step(fromMs: number, toMs: number): void {
    this.#network.advance(fromMs);
    for (const absence of this.#plan.absences) {
      if (fromMs >= absence.fromMs && fromMs <= absence.toMs) this.#beAway(absence, fromMs);
    }
    const next = this.#plan.stretches[this.#network.passed];
    if (next?.kind === 'outage') this.#talkThrough(next, fromMs);
    for (const participant of this.#participants) {
      for (const packet of participant.talker.until(toMs)) this.#send(participant, packet);
    }
    if (fromMs % JUNK_EVERY_MS === 0 && !this.#network.isNearEdge(fromMs)) this.#junk(fromMs);
    for (const deliver of this.#arrivals.until(toMs)) deliver();
  }

  [Symbol.dispose](): void {
    this.crowd[Symbol.dispose]();
  }

  #send(participant: Participant, packet: SpokenPacket): void {
    const { talker, tally } = participant;
    if (participant.section !== this.#network.passed) tally.breakOff();
    participant.section = this.#network.passed;
    const { fate, arrivesMs, copyMs } = this.#network.carry(packet);
    tally.send(packet, fate);
    const datagram = this.#seal(participant, packet);
    if (datagram === null || arrivesMs === null) return;
    this.#arrives(datagram, arrivesMs);
    this.#name(talker, arrivesMs);
    if (copyMs === null) return;
    tally.expected.duplicate += 1;
    this.#arrives(datagram, copyMs);
  }

  /** The datagram of a packet; null while we are out. */
  #seal(
    { client }: Participant,
    { ssrc, sequence, timestamp, opus, kind }: SpokenPacket,
  ): Uint8Array | null {
    if (this.#cipher === null) return null;
    const fields = { ssrc, sequence, timestamp };
    if (kind === 'padding') return this.#cipher.seal({ ...fields, paddingBytes: 40 }, opus);
    const frame = client?.session.seal(opus) ?? null;
    if (frame === null) throw new Error('a speaker has no keys');
    return this.#cipher.seal(fields, frame);
  }

  #arrives(datagram: Uint8Array, atMs: number): void {
    this.#arrivals.add(atMs, () => this.#listener?.datagram(datagram, atMs));
  }

  #name({ ssrc, userId }: Talker, atMs: number): void {
    if (this.#named.has(ssrc)) return;
    this.#named.add(ssrc);
    const isLate = this.#random.next() < 0.5 && !this.#network.isNearEdge(atMs);
    this.#arrivals.add(isLate ? atMs + NAME_LATE_MS : atMs, () =>
      this.#listener?.name(ssrc, userId),
    );
  }

  /** Lets a person leave once all their packets have arrived, and join again when the absence ends. */
  #beAway({ talker: number, toMs }: Absence, nowMs: number): void {
    const participant = this.#participants[number];
    if (participant === undefined) return;
    const { talker, tally } = participant;
    if (nowMs < toMs) {
      talker.mute();
      if (participant.client === null || !talker.isSilentFor(SILENT_MS, nowMs)) return;
      this.crowd.leave(participant.client);
      participant.client = null;
      this.#ssrcs.delete(talker.ssrc);
      this.#listener?.left(talker.userId);
      this.#listener?.disconnected(talker.userId);
      this.#named.delete(talker.ssrc);
    } else {
      talker.unmute(nowMs);
      if (participant.client !== null) return;
      participant.client = this.crowd.join(talker.userId);
      talker.beginStream();
      tally.breakOff();
      this.#listener?.arrived(talker.userId);
    }
    this.#network.calm(nowMs);
    this.#settle();
  }

  /** The first person talks through the outage, as silence alone does not show one; all others begin nothing in it. */
  #talkThrough({ fromMs, toMs }: Stretch, nowMs: number): void {
    const beginMs = fromMs - HOLD_MS;
    if (nowMs === beginMs) this.#participants[0]?.talker.hold(nowMs, toMs - beginMs + HOLD_MS);
    if (nowMs < fromMs) return;
    for (const { talker } of this.#participants) talker.wait(toMs + HOLD_MS / 4);
  }

  #junk(atMs: number): void {
    const [first] = this.#participants;
    if (first === undefined || this.#cipher === null) return;
    const { ssrc } = first.talker;
    const fields = { ssrc, sequence: 0, timestamp: toRtpTimestamp(0) };
    const forged = this.#cipher.seal(fields, this.#random.bytes(60));
    forged.set([1, 2, 3, 4], 20);
    this.#arrives(this.#random.bytes(6), atMs);
    this.#arrives(forged, atMs);
    for (let sequence = 0; sequence < VIDEO_PACKETS; sequence += 1) {
      const payloadType = sequence % 4 === 3 ? 104 : 103; // one in four is a retransmission
      const video = {
        ...fields,
        ssrc: ssrc + (payloadType === 104 ? 2 : 1),
        payloadType,
        sequence,
      };
      this.#arrives(this.#cipher.seal(video, this.#random.bytes(900)), atMs);
    }
    this.rejected['payload-type'] += VIDEO_PACKETS;
    this.rejected['not-rtp'] += 1;
    this.rejected['transport-auth'] += 1;
  }

  #newSsrc(): number {
    let ssrc = 1;
    while (this.#ssrcs.has(ssrc)) ssrc += 3;
    this.#ssrcs.add(ssrc);
    return ssrc;
  }

  /** Delivers all messages of the voice server at once. */
  #settle(): void {
    this.crowd.deliverAll();
    for (const { states } of this.crowd.clients.values()) states.length = 0;
    if (this.#us !== null) this.#listener?.e2ee(this.#us.session.state);
  }
}
