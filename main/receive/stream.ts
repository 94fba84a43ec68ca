import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { parseOpusPacket, type OpusPacket } from '../audio/opus-packet.ts';
import { Timeline, type ArrivedPacket } from '../audio/timeline.ts';
import type { TimelinePosition } from '../audio/timeline-position.ts';
import { isProtocolFrame } from '../dave/frame.ts';
import type { Recording } from '../recording/recording.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import type { Arrival } from '../rtp/arrival.ts';
import { JitterBuffer, SETTLE_MS, type ReadyPacket } from '../rtp/jitter-buffer.ts';
import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';
import { isEmptyPayload } from '../rtp/rtp-payload.ts';
import { SequenceLedger, type SequenceCounts } from '../rtp/sequence-ledger.ts';
import { Held } from './held.ts';
import type { ReceivedPacket } from './received-packet.ts';

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
  /** A suspect packet turned out to belong to nobody. */
  readonly onStray: () => void;
  /** Called with a fault of our own code, which cost one packet. */
  readonly onFault: (thrown: unknown) => void;
}

/** An admitted frame, which may wait for its key and keeps its place in the order meanwhile. */
interface WaitingFrame {
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  readonly payload: Uint8Array;
  readonly arrival: Arrival;
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
  readonly #ledger = new SequenceLedger();
  readonly #waiting = new Held<WaitingFrame>();
  readonly #jitterBuffer = new JitterBuffer<OrderedPacket>({ settleMs: SETTLE_MS });
  readonly #timeline = new Timeline();
  /** Duration of the newest packet, in samples. */
  #packetSamples = 960;
  /** The newest packet of a suspect number: the next number tells whether it is a stray. */
  #suspect: ReceivedPacket | null = null;

  constructor(options: StreamOptions) {
    this.ssrc = options.ssrc;
    this.#options = options;
  }

  /**
   * Takes a packet of this SSRC, and writes every packet whose turn comes with it. A fault of our own code goes to
   * `onFault`.
   */
  take(packet: ReceivedPacket): void {
    const { timestamp, payload, arrival } = packet;
    const sequence = this.#ledger.admit(packet.sequence, arrival);
    if (sequence === null) return; // a duplicate, which is counted, or a number of a gap
    if (typeof sequence === 'string') return this.#judge(packet, sequence);
    try {
      this.#enter({ sequence, timestamp, payload, arrival }, packet.opus);
    } catch (thrown) {
      this.#options.onFault(thrown);
      this.#ledger.count('undecryptable');
      this.#jitterBuffer.reserve(sequence);
      this.#jitterBuffer.release(sequence);
    }
    this.release(arrival.earliestMs);
  }

  /** Notes the number of a packet that is dropped: during a gap the number is in no count. */
  skip({ sequence, arrival }: Pick<ReceivedPacket, 'sequence' | 'arrival'>): void {
    this.#ledger.admit(sequence, arrival);
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
  }

  /** Keys changed: opens the frames that wait for one, and writes what can go on. */
  keysChanged(readToMs: number): void {
    this.#waiting.offer((frame) => {
      const opus = this.#open(frame.payload);
      if (opus === null) return 'waits';
      this.#order(frame, opus);
      return 'taken';
    });
    this.release(readToMs);
  }

  /** The stream is over: frames that wait for a key are given up, packets that wait for their turn are written. */
  finish(): void {
    if (this.#suspect !== null) this.#options.onStray();
    this.#suspect = null;
    this.#giveUp(this.#waiting.takeOverdue(KEY_WAIT_MS, Infinity));
    this.#placeAll(this.#jitterBuffer.flush());
  }

  counts(): SequenceCounts {
    return this.#ledger.counts();
  }

  /** From here on numbers are in no count and no loss, until `endGap`. */
  beginGap(): void {
    this.#ledger.beginGap();
  }

  /** Numbers count again, from the next one that arrives. */
  endGap(): void {
    this.#ledger.endGap();
  }

  /** Numbers that are missing before the next one are in no count; their place on the track is silence. */
  leaveOutMissing(): void {
    this.#ledger.beginGap();
    this.#ledger.endGap();
  }

  /** When the newest number arrived; −Infinity before the first. */
  get newest(): Arrival {
    return this.#ledger.newest;
  }

  /** Milliseconds of sound that would be missing before that 16-bit number, by the duration of the newest packet. */
  missingMsBefore(sequence16: number): number {
    return (this.#ledger.missingBefore(sequence16) * this.#packetSamples) / SAMPLES_PER_MS;
  }

  /**
   * A suspect packet is kept until the next number. Another suspect number makes it a stray; where the sender counts
   * anew, the packet is taken before this one.
   */
  #judge(packet: ReceivedPacket, verdict: 'suspect' | 'begins-anew'): void {
    const before = this.#suspect;
    this.#suspect = verdict === 'suspect' ? packet : null;
    if (verdict === 'suspect') {
      if (before !== null) this.#options.onStray();
      return;
    }
    if (before !== null) this.take(before);
    this.take(packet);
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
      this.#jitterBuffer.release(sequence);
      // A plain frame in an encrypted call says nothing about our keys.
      if (owner.userId !== null && isProtocolFrame(payload)) keys.gaveUp(owner.userId);
    }
  }

  #order({ sequence, timestamp, arrival }: WaitingFrame, opus: Uint8Array): void {
    const { owner, samplesAt } = this.#options;
    owner.unreadableAtMs = null;
    const shape = parseOpusPacket(opus);
    if (shape === null) return this.#passPadding(sequence);
    const { durationSamples } = shape;
    this.#packetSamples = durationSamples;
    const packet: OrderedPacket = {
      sequence,
      timestamp,
      arrival,
      arrivedAtSamples: samplesAt(arrival.latestMs),
      earliestAtSamples: samplesAt(arrival.earliestMs),
      durationSamples,
      opus,
      shape,
    };
    if (this.#jitterBuffer.push(packet) === 'late') this.#ledger.count('late');
    else this.#timeline.observe(packet); // shows the time line how late the talkspurt's first packet is
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
        this.#ledger.count('late');
      }
    }
  }

  #place({ packet, lostBefore }: ReadyPacket<OrderedPacket>): void {
    const { ssrc } = this;
    const { sequence, timestamp, arrivedAtSamples, opus, shape } = packet;
    const { recording, onPlaced } = this.#options;
    const placed = this.#timeline.place(packet);
    const track = this.#options.track();
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
    if (placed === null || track.append(placed.position, { opus, shape, lostBefore }) === 'late')
      return this.#ledger.count('late');
    this.#ledger.count('packets');
    onPlaced(track, placed.position, opus);
  }
}
