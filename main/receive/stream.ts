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

const SAMPLES_PER_MS = 48;

/** A key follows its first frames within a round trip; Discord's limit for a transition is about 2 s. */
const KEY_WAIT_MS = 2_000;

/** Of frames that wait for a key: 2 s at the highest bitrate, 512 kbit/s, and as much again. */
const MOST_WAITING_BYTES = 256 * 1024;

/** What opens the frames of one voice session, as a `DaveSession` does. */
export interface EndToEndKeys {
  readonly state: { readonly version: number };
  /** Who is in the call, ourselves left out. */
  readonly members: readonly Snowflake[];
  /** The Opus packet in a frame; what is not encrypted comes back as it is. Null when it does not open now. */
  open(userId: Snowflake, frame: Uint8Array): Uint8Array | null;
  /** An encrypted frame of that person waited for its key in vain. */
  gaveUp(userId: Snowflake): void;
}

/** Whose a stream is, as far as the stream has to know. */
export interface StreamOwner {
  /** Null while nobody was named. */
  readonly userId: Snowflake | null;
  /** When the newest frame came that did not decrypt, on the monotonic clock; null since one did. */
  unreadableAtMs: number | null;
}

export interface StreamOptions {
  readonly ssrc: number;
  readonly owner: StreamOwner;
  readonly keys: EndToEndKeys;
  readonly recording: Pick<Recording, 'tell'>;
  /** The owner's track; made when it is first asked for. */
  readonly track: () => TrackWriter;
  /** A moment of the monotonic clock as a place on the recording. */
  readonly samplesAt: (monotonicMs: number) => number;
  /** Told of every packet in the file; may drop work, never holds the stream up. */
  readonly onPlaced: (track: TrackWriter, position: TimelinePosition, opus: Uint8Array) => void;
  /** A packet whose number came out of nowhere belonged to nobody. */
  readonly onStray: () => void;
  /** A fault of ours; it cost one packet. */
  readonly onFault: (thrown: unknown) => void;
}

/** A frame that was counted once and keeps its place, but does not decrypt yet. */
interface WaitingFrame {
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  readonly payload: Uint8Array;
  readonly arrival: Arrival;
}

/** An Opus packet on its way to its place. */
interface OrderedPacket extends ArrivedPacket {
  readonly arrival: Arrival;
  readonly opus: Uint8Array;
  readonly shape: OpusPacket;
}

/**
 * One SSRC while one voice session of ours lasts. Each packet goes one way: admit its number, open it, put it in order,
 * place it on the recording, write it to the track. What waits on that way goes on from where it stopped.
 */
export class Stream {
  readonly ssrc: number;
  readonly #options: StreamOptions;
  readonly #ledger = new SequenceLedger();
  readonly #waiting = new Held<WaitingFrame>();
  readonly #jitterBuffer = new JitterBuffer<OrderedPacket>({ settleMs: SETTLE_MS });
  readonly #timeline = new Timeline();
  /** Duration of the newest packet. */
  #packetSamples = 960;
  /** A packet whose number came out of nowhere: the next number tells whether it was a stray. */
  #suspect: ReceivedPacket | null = null;

  constructor(options: StreamOptions) {
    this.ssrc = options.ssrc;
    this.#options = options;
  }

  /** Takes a packet, and writes what its arrival lets go on. */
  take(packet: ReceivedPacket): void {
    const { timestamp, payload, arrival } = packet;
    const sequence = this.#ledger.admit(packet.sequence, arrival);
    if (sequence === null) return; // a duplicate, and counted as one
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

  /** Takes note of a number that is not to be kept: what passes during a pause is in no count. */
  skip({ sequence, arrival }: Pick<ReceivedPacket, 'sequence' | 'arrival'>): void {
    this.#ledger.admit(sequence, arrival);
  }

  /** Writes what has its turn, or has waited its time, when all has been read that arrived until `readToMs`. */
  release(readToMs: number): void {
    this.#placeAll(this.#jitterBuffer.ready(readToMs));
  }

  /** As `release`; frames that have waited 2 s for their key are given up first. */
  tick(readToMs: number): void {
    this.#giveUp(this.#waiting.takeOverdue(KEY_WAIT_MS, readToMs));
    this.release(readToMs);
  }

  /** Keys changed: tries what waits for one. */
  keysChanged(readToMs: number): void {
    this.#waiting.offer((frame) => {
      const opus = this.#open(frame.payload);
      if (opus === null) return 'waits';
      this.#order(frame, opus);
      return 'taken';
    });
    this.release(readToMs);
  }

  /** The stream is over: what waits is given up, what is in line is written. */
  finish(): void {
    if (this.#suspect !== null) this.#options.onStray();
    this.#suspect = null;
    this.#giveUp(this.#waiting.takeOverdue(KEY_WAIT_MS, Infinity));
    this.#placeAll(this.#jitterBuffer.flush());
  }

  counts(): SequenceCounts {
    return this.#ledger.counts();
  }

  /** From here on numbers are in no count and leave no hole, until `endGap`. */
  beginGap(): void {
    this.#ledger.beginGap();
  }

  endGap(): void {
    this.#ledger.endGap();
  }

  /** Numbers missing before the next one are in no count, and their place is silence. */
  leaveOutMissing(): void {
    this.#ledger.beginGap();
    this.#ledger.endGap();
  }

  /** When the newest number arrived; −Infinity before the first. */
  get newest(): Arrival {
    return this.#ledger.newest;
  }

  /** How much sound is missing before that number, by the duration of the newest packet. */
  missingMsBefore(sequence16: number): number {
    return (this.#ledger.missingBefore(sequence16) * this.#packetSamples) / SAMPLES_PER_MS;
  }

  /** `suspect`: no network makes such a number of those before. `begins-anew`: its sender does count anew. */
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

  /** Null: does not open now, nor ever while nobody is named for the stream of an encrypted call. */
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
