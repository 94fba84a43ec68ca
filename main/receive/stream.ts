import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { parseOpusPacket, type OpusPacket } from '../audio/opus-packet.ts';
import { isTalk } from '../audio/opus-silence.ts';
import { Timeline, type ArrivedPacket } from '../audio/timeline.ts';
import type { TimelinePosition } from '../audio/timeline-position.ts';
import { isProtocolFrame } from '../dave/frame.ts';
import type { Recording } from '../recording/recording.ts';
import type { TrackPacket, TrackWriter } from '../recording/track/track-writer.ts';
import type { Arrival } from '../rtp/arrival.ts';
import { JitterBuffer, SETTLE_MS, type ReadyPacket } from '../rtp/jitter-buffer.ts';
import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';
import { isEmptyPayload } from '../rtp/rtp-payload.ts';
import { SequenceLedger, type SequenceCounts } from '../rtp/sequence-ledger.ts';
import { Held } from './held.ts';
import type { HeldSilence } from './held-silence.ts';
import { factsOf, type PacketFacts, type ReceivedPacket } from './received-packet.ts';

/** A key follows its first frames within a round trip; Discord's limit for a transition is about 2 s. */
const KEY_WAIT_MS = 2_000;

/** Bytes of frames that may wait for a key: 2 s at the highest bitrate, 512 kbit/s, and as much again. */
const MOST_WAITING_BYTES = 256 * 1024;

/** What opens the frames of one voice session, as a `DaveSession` does. */
export interface EndToEndKeys {
  readonly state: { readonly version: number };
  /** Who is in the call, ourselves left out. */
  readonly members: readonly Snowflake[];
  /** The Opus packet in `frame`; `frame` itself when it is not encrypted. Null when no key opens it now. */
  open(userId: Snowflake, frame: Uint8Array): Uint8Array | null;
  /** An encrypted frame of that person waited 2 s for its key in vain. */
  gaveUp(userId: Snowflake): void;
}

/** The speaker of a stream, as far as the stream has to know. */
export interface StreamOwner {
  /** Null while nobody was named. */
  readonly userId: Snowflake | null;
  /** Arrival of the newest frame, when it did not decrypt, on the monotonic clock; null when it did. */
  unreadableAtMs: number | null;
  /** The silence of all the owner's streams that is not on the track yet. */
  readonly silence: HeldSilence;
}

/** What a stream is made of. */
export interface StreamOptions {
  readonly ssrc: number;
  readonly owner: StreamOwner;
  readonly keys: EndToEndKeys;
  readonly recording: Pick<Recording, 'tell'>;
  /** The owner's track; made when it is first asked for. */
  readonly track: () => TrackWriter;
  /** A moment of the monotonic clock as samples from sample 0. */
  readonly samplesAt: (monotonicMs: number) => number;
  /** Called for every packet that was put on the track; may drop work, must not hold the stream up. */
  readonly onPlaced: (track: TrackWriter, position: TimelinePosition, opus: Uint8Array) => void;
  /** A packet turned out to belong to nobody: its number and time fit no other packet of the SSRC. */
  readonly onStray: () => void;
  /** Called with a fault of our own code, which cost one packet at most. */
  readonly onFault: (thrown: unknown) => void;
}

/** An admitted frame, which may wait for its key and keeps its place in the order meanwhile. */
interface WaitingFrame {
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  readonly payload: Uint8Array;
  readonly arrival: Arrival;
  /** How many times the sender had begun to count anew. */
  readonly numbering: number;
}

/** An Opus packet in the jitter buffer, with what its placement needs. */
interface OrderedPacket extends ArrivedPacket {
  readonly arrival: Arrival;
  readonly opus: Uint8Array;
  readonly shape: OpusPacket;
}

/**
 * The packets of one SSRC in one voice session. Each goes one way: its number is admitted, its frame opened, the packet
 * put in order, placed on the recording and written to the track. A frame waits 2 s for its key at most, a packet 250
 * ms for a missing one before it. Times are monotonic.
 */
export class Stream {
  readonly ssrc: number;
  readonly #options: StreamOptions;
  readonly #ledger = new SequenceLedger<ReceivedPacket>();
  readonly #waiting = new Held<WaitingFrame>();
  readonly #jitterBuffer = new JitterBuffer<OrderedPacket>({ settleMs: SETTLE_MS });
  readonly #timeline = new Timeline();
  #isDropped = false;
  #newest: PacketFacts | null = null;

  constructor(options: StreamOptions) {
    this.ssrc = options.ssrc;
    this.#options = options;
  }

  /**
   * Takes a packet of this SSRC, and writes every packet whose turn comes with it. A fault of our own code goes to
   * `onFault`.
   */
  take(packet: ReceivedPacket): void {
    this.#newest = factsOf(packet);
    const sequence = this.#ledger.admit(packet);
    this.#takeSettled();
    if (sequence !== null) this.#admit(packet, sequence);
    this.release(packet.arrival.earliestMs);
  }

  /**
   * The packet when it surely is this stream's, although somebody else may send under the SSRC: its number and time go
   * on, or the owner's key opens its frame, which it then brings opened. Else null.
   */
  recognise(packet: ReceivedPacket): ReceivedPacket | null {
    if (this.#ledger.surelyGoesOn(packet)) return packet;
    if (!isProtocolFrame(packet.payload)) return null;
    const opus = this.#open(packet.payload);
    return opus === null || opus === packet.payload ? null : { ...packet, opus };
  }

  /** Notes the number of a packet that is dropped: during a gap the number is in no count. */
  skip(packet: ReceivedPacket): void {
    this.#ledger.admit(packet);
    this.#takeSettled();
  }

  /**
   * Writes the packets whose turn it is, and those that waited 250 ms for a missing one. Everything that arrived until
   * `readToMs` has been read.
   */
  release(readToMs: number): void {
    this.#placeAll(this.#jitterBuffer.ready(readToMs));
  }

  /** As `release`; frames that have waited 2 s for their key are given up first. */
  tick(readToMs: number): void {
    this.#giveUp(this.#waiting.takeOverdue(KEY_WAIT_MS, readToMs));
    this.release(readToMs);
    this.#options.owner.silence.release(readToMs);
  }

  /** Keys changed: opens the frames that wait for one, and writes what can go on. */
  keysChanged(readToMs: number): void {
    this.#waiting.offer((frame) => {
      try {
        const opus = this.#open(frame.payload);
        if (opus === null) return 'waits';
        this.#order(frame, opus);
      } catch (thrown) {
        this.#loseToFault(frame.sequence, thrown);
      }
      return 'taken';
    });
    this.release(readToMs);
  }

  /**
   * The stream is over: frames that wait for a key are given up, packets that wait for their turn are written. Silence
   * goes on being held, for the owner's other streams.
   */
  finish(): void {
    this.#ledger.settle();
    this.#takeSettled();
    this.#giveUp(this.#waiting.takeOverdue(KEY_WAIT_MS, Infinity));
    this.#placeAll(this.#jitterBuffer.flush());
  }

  /**
   * Nothing is written or counted from here on, whatever the stream is about to do: it is to be forgotten. Gives the
   * newest packet; null when none was taken.
   */
  drop(): PacketFacts | null {
    this.#isDropped = true;
    return this.#newest;
  }

  counts(): SequenceCounts {
    return this.#ledger.counts();
  }

  /** From here on numbers are in no count and no loss, until `endGap`. */
  beginGap(): void {
    this.#ledger.beginGap();
    this.#takeSettled();
  }

  /** Numbers count again, from the next one that arrives. */
  endGap(): void {
    this.#ledger.endGap();
  }

  /** Numbers that are missing before the next one are in no count; their place on the track is silence. */
  leaveOutMissing(): void {
    this.#ledger.leaveOutMissing();
  }

  /** When the newest number arrived; −Infinity before the first. */
  get newest(): Arrival {
    return this.#ledger.newest;
  }

  /** Arrival of the oldest frame that waits for its key; Infinity without one. */
  get waitingSinceMs(): number {
    return this.#waiting.packets[0]?.arrival.latestMs ?? Infinity;
  }

  /** Milliseconds of sound that would be lost before that packet, by the duration of the newest packet. */
  missingMsBefore(packet: ReceivedPacket): number {
    return this.#ledger.samplesOf(this.#ledger.missingBefore(packet)) / SAMPLES_PER_MS;
  }

  /** Takes the packets that the ledger kept until those behind them showed what they are. */
  #takeSettled(): void {
    for (const { packet, sequence, freeFrom } of this.#ledger.takeSettled()) {
      if (sequence === null) {
        this.#options.onStray();
        continue;
      }
      if (freeFrom !== null)
        this.#jitterBuffer.beginAnew(freeFrom, sequence, packet.arrival.latestMs);
      this.#admit(packet, sequence);
    }
  }

  /** Takes a packet with its extended number. */
  #admit({ timestamp, payload, arrival, opus }: ReceivedPacket, sequence: number): void {
    const numbering = this.#ledger.numberingOf(sequence);
    try {
      this.#enter({ sequence, timestamp, payload, arrival, numbering }, opus);
    } catch (thrown) {
      this.#loseToFault(sequence, thrown);
    }
  }

  /** A fault of our own cost a packet that has no place in the order yet: to the packets behind it, it is lost. */
  #loseToFault(sequence: number, thrown: unknown): void {
    this.#options.onFault(thrown);
    this.#ledger.count('lost');
    this.#jitterBuffer.reserve(sequence);
    this.#jitterBuffer.giveUp(sequence);
  }

  /** Does what is beside the way of a packet: a fault in it costs no packet. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#options.onFault(thrown);
    }
  }

  #enter(frame: WaitingFrame, opened: Uint8Array | null): void {
    if (isEmptyPayload(frame.payload)) return this.#passPadding(frame.sequence);
    const opus = opened ?? this.#open(frame.payload);
    if (opus === null) this.#waitForKey(frame);
    else this.#order(frame, opus);
  }

  /**
   * The Opus packet in `payload`; null when no key opens it now, or nobody is named for a stream of an encrypted call.
   */
  #open(payload: Uint8Array): Uint8Array | null {
    const { owner, keys } = this.#options;
    if (owner.userId === null) return keys.state.version === 0 ? payload : null;
    return keys.open(owner.userId, payload);
  }

  #waitForKey(frame: WaitingFrame): void {
    this.#options.owner.unreadableAtMs = frame.arrival.latestMs;
    this.#jitterBuffer.reserve(frame.sequence);
    this.#waiting.hold(frame);
    this.#giveUp(this.#waiting.takeAbove(MOST_WAITING_BYTES));
  }

  #giveUp(frames: readonly WaitingFrame[]): void {
    const { owner, keys } = this.#options;
    for (const { sequence, payload } of frames) {
      this.#ledger.count('undecryptable');
      this.#jitterBuffer.giveUp(sequence);
      const { userId } = owner;
      // A plain frame in an encrypted call says nothing about our keys.
      if (userId !== null && isProtocolFrame(payload)) this.#guard(() => keys.gaveUp(userId));
    }
  }

  #order({ sequence, timestamp, arrival, numbering }: WaitingFrame, opus: Uint8Array): void {
    const { owner, samplesAt } = this.#options;
    owner.unreadableAtMs = null;
    const shape = parseOpusPacket(opus);
    if (shape === null) return this.#passPadding(sequence);
    const { durationSamples } = shape;
    this.#ledger.lasts(durationSamples);
    const packet: OrderedPacket = {
      sequence,
      timestamp,
      arrival,
      arrivedAtSamples: samplesAt(arrival.latestMs),
      earliestAtSamples: samplesAt(arrival.earliestMs),
      durationSamples,
      numbering,
      opus,
      shape,
    };
    if (this.#jitterBuffer.push(packet) === 'late') return this.#ledger.count('late');
    // Shows the time line how late the talkspurt's first packet is.
    this.#guard(() => this.#timeline.observe(packet));
  }

  #passPadding(sequence: number): void {
    this.#ledger.count('padding');
    this.#jitterBuffer.pass(sequence);
  }

  #placeAll(all: readonly ReadyPacket<OrderedPacket>[]): void {
    for (const ready of all) {
      try {
        this.#place(ready);
      } catch (thrown) {
        this.#options.onFault(thrown);
        this.#ledger.count('lost');
      }
    }
  }

  #place({ packet, lostBefore }: ReadyPacket<OrderedPacket>): void {
    if (this.#isDropped) return;
    const { ssrc } = this;
    const { sequence, timestamp, arrivedAtSamples, opus, shape } = packet;
    const { recording } = this.#options;
    const track = this.#options.track();
    const placed = this.#timeline.place(packet, track.endPosition);
    const { file } = track;
    const samples = placed?.position ?? track.endPosition;
    if (placed?.startsTalkspurt === true) {
      // The raw facts of a talkspurt's first packet: its place can be worked out anew from them.
      recording.tell({
        event: 'talkspurt',
        samples,
        track: file,
        ssrc,
        sequence,
        timestamp,
        arrivedAtSamples,
      });
    }
    if (lostBefore > 0)
      recording.tell({
        event: 'loss',
        samples,
        track: file,
        ssrc,
        sequence,
        count: lostBefore,
      });
    if (placed === null) return this.#ledger.count('late');
    const { position } = placed;
    const trackPacket = { opus, shape, lostBefore };
    const { silence } = this.#options.owner;
    if (isTalk(opus)) {
      silence.makeWay(position);
      return this.#put(track, position, trackPacket);
    }
    silence.hold({
      position,
      durationSamples: shape.durationSamples,
      arrivedAtMs: packet.arrival.latestMs,
      put: () => this.#putSilence(track, position, trackPacket),
    });
  }

  #put(track: TrackWriter, position: TimelinePosition, packet: TrackPacket): void {
    if (this.#isDropped) return; // asking for the track may have told somebody who drops the stream
    if (track.append(position, packet) === 'late') return this.#ledger.count('late');
    this.#ledger.count('packets');
    this.#guard(() => this.#options.onPlaced(track, position, packet.opus));
  }

  #putSilence(track: TrackWriter, position: TimelinePosition, packet: TrackPacket): void {
    try {
      this.#put(track, position, packet);
    } catch (thrown) {
      this.#options.onFault(thrown);
      this.#ledger.count('lost');
    }
  }
}
