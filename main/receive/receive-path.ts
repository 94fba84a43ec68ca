import type { Snowflake } from '../base/snowflake.ts';
import { parseOpusPacket } from '../audio/opus-packet.ts';
import type { ArrivedPacket } from '../audio/timeline.ts';
import type { TimelinePosition } from '../audio/timeline-position.ts';
import { isProtocolFrame } from '../dave/frame.ts';
import { NO_REJECTS, type Rejected } from '../recording/manifest.ts';
import type { Recording } from '../recording/recording.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import { classifyDatagram } from '../rtp/classify-datagram.ts';
import type { BufferedPacket, ReadyPacket } from '../rtp/jitter-buffer.ts';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';
import { isEmptyPayload } from '../rtp/rtp-payload.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';
import { type Outage, OutageWatch } from './outage-watch.ts';
import { countsOf, Speakers, type Speaker, type Stream } from './speakers.ts';
import { StallWatch } from './stall-watch.ts';
import { type Arrival, Unnamed } from './unnamed.ts';
import type { WaitingFrame } from './waiting-frames.ts';

const SAMPLES_PER_MS = 48;

export interface ReceiveOptions {
  readonly recording: Pick<Recording, 'addTrack' | 'nameTrack' | 'appendEvent'>;
  /** Sample 0 on the monotonic clock. */
  readonly startedAtMs: number;
  readonly nameOf: (userId: Snowflake) => string;
  /** Who is left out: nothing of theirs is kept, and nothing that could be theirs. */
  readonly excluded: ReadonlySet<Snowflake>;
  /** A speaker's first packet goes to disk, or an unknown speaker became known. */
  readonly onSpeaker: (speaker: Speaker, track: TrackWriter) => void;
  /** Nothing was received from one moment to the other, on the monotonic clock. */
  readonly onOutage: (outage: Outage) => void;
  /** Side branch for meters: may drop work, never holds the path up. */
  readonly onPlaced: (track: TrackWriter, position: TimelinePosition, opus: Uint8Array) => void;
}

/** What opens the packets of one voice session: the transport's key, and what people encrypt from end to end. */
export interface VoiceKeys {
  readonly cipher: TransportCipher;
  readonly dave: {
    readonly state: { readonly version: number };
    /** Who is in the call, ourselves left out. */
    readonly members: readonly Snowflake[];
    /** The Opus packet; what is not encrypted comes back as it is. Null: not to be opened now. */
    open(userId: Snowflake, frame: Uint8Array): Uint8Array | null;
    gaveUp(userId: Snowflake): void;
  };
}

/**
 * Everything that happens to a datagram between the socket and the track's queue, in order. Bad input is counted,
 * never thrown; nothing awaits; time is an argument. One for the whole recording, through any number of voice
 * sessions.
 */
export class ReceivePath {
  readonly #options: ReceiveOptions;
  readonly #speakers = new Speakers();
  readonly #unnamed = new Unnamed();
  readonly #rejected: Rejected = { ...NO_REJECTS };
  #keys: VoiceKeys | null = null;
  #takes: 'everything' | 'nothing' = 'everything';
  readonly #stalls = new StallWatch();
  readonly #outages: OutageWatch;
  #placedTo = 0;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#outages = new OutageWatch(options.onOutage);
  }

  /** A voice session begins: its keys open what arrives from here on. */
  beginVoiceSession(keys: VoiceKeys, nowMs: number): void {
    this.#keys = keys;
    this.#outages.beginVoiceSession(nowMs);
  }

  /** Until `resume` nothing that anyone says is kept or counted. What came before goes on. */
  pause(): void {
    this.#takes = 'nothing';
    for (const { ledger } of this.#speakers.streams()) ledger.beginGap();
  }

  resume(): void {
    this.#takes = 'everything';
    for (const { ledger } of this.#speakers.streams()) ledger.endGap();
  }

  /** The voice session is over: what waits is written, and its SSRCs mean nothing any more. */
  endVoiceSession(): void {
    this.#outages.endVoiceSession();
    for (const ssrc of this.#unnamed.ssrcs()) this.#giveUpOnName(ssrc, Infinity);
    for (const stream of this.#speakers.streams()) this.#finish(stream);
    this.#speakers.forgetSsrcs();
    this.#keys = null;
  }

  receive(datagram: Uint8Array, arrivedAtMs: number): void {
    const earliestAtMs = this.#alive(arrivedAtMs);
    const kind = classifyDatagram(datagram);
    if (kind === 'unknown') return this.#reject('not-rtp');
    if (kind !== 'rtp' || this.#keys === null) return; // RTCP, discovery and echoes are nobody's audio
    const packet = parseRtpPacket(datagram);
    if (packet === null) return this.#reject('payload-type');
    const payload = this.#keys.cipher.open(packet);
    if (payload === null) return this.#reject('transport-auth');
    const { ssrc, sequence, timestamp } = packet;
    this.#outages.arrived(this.#speakers.bySsrc(ssrc), sequence, arrivedAtMs);
    if (this.#takes === 'nothing') {
      this.#speakers.bySsrc(ssrc)?.ledger.admit(sequence, arrivedAtMs, earliestAtMs); // to know where it stands
      return;
    }
    const { version } = this.#keys.dave.state;
    const found = { ssrc, sequence, timestamp, payload, opus: null, version };
    this.#take({ ...found, arrivedAtMs, earliestAtMs });
  }

  /** Somebody was named for an SSRC: what waited for that name goes on from where it stopped. */
  name(ssrc: number, userId: Snowflake): void {
    if (!this.#speakers.nameSsrc(ssrc, userId)) return;
    const stream = this.#speakers.bySsrc(ssrc);
    if (stream === null) {
      for (const arrival of this.#unnamed.take(ssrc)) this.#take(arrival);
      if (this.#takes === 'nothing') this.#speakers.bySsrc(ssrc)?.ledger.beginGap();
    } else if (stream.speaker.userId === null) {
      this.#identify(stream.speaker, userId);
    } else if (stream.speaker.userId !== userId) {
      this.#close(stream); // the SSRC is somebody else's now: what follows begins with its next packet
    }
  }

  /** Keys changed: what could not be opened is tried again. */
  keysChanged(nowMs: number): void {
    const readToMs = this.#alive(nowMs);
    for (const stream of this.#speakers.streams()) {
      stream.waiting.retry((frame) => {
        const opus = this.#open(stream.speaker, frame.payload);
        if (opus === null) return 'waits';
        this.#buffer(stream, frame, opus);
        return 'taken';
      });
      this.#release(stream, readToMs);
    }
    for (const ssrc of this.#unnamed.ssrcs()) {
      for (const arrival of this.#unnamed.newest(ssrc)) if (this.#nameByTrial(arrival)) break;
    }
  }

  /** Lets go what has waited long enough: for its name, for its key, for the packet before it. To be called every 20 ms or so. */
  tick(nowMs: number): void {
    const readToMs = this.#alive(nowMs);
    this.#outages.tick(nowMs);
    for (const ssrc of this.#unnamed.overdue(readToMs)) this.#giveUpOnName(ssrc, readToMs);
    for (const stream of this.#speakers.streams()) {
      this.#giveUpOnKey(stream, stream.waiting.overdue(readToMs));
      this.#release(stream, readToMs);
      if (this.#speakers.isLeft(stream, nowMs)) this.#close(stream);
    }
  }

  /** From where on nothing was heard, when this process stood still for seconds and nothing has come since; else null. */
  deafFromSamples(nowMs: number): number | null {
    const deafSinceMs = this.#outages.deafSinceMs(nowMs);
    return deafSinceMs === null ? null : Math.max(this.#samplesAt(deafSinceMs), this.#placedTo);
  }

  /** How long it may still take to read what arrived before now; nearly always 0. */
  unreadForMs(nowMs: number): number {
    return this.#stalls.unreadForMs(nowMs);
  }

  get rejected(): Readonly<Rejected> {
    return this.#rejected;
  }

  /** Everyone with a track, in order of the tracks. */
  speakers(): ReturnType<Speakers['withTracks']> {
    return this.#speakers.withTracks();
  }

  counts(speaker: Speaker): ReturnType<typeof countsOf> {
    return countsOf(speaker);
  }

  /** People whose newest frame could not be decrypted, when that was in the last few seconds. */
  unreadable(nowMs: number): readonly Snowflake[] {
    return this.#speakers.unreadable(nowMs);
  }

  /** Until when all that arrived has been read: what is read now arrived later, and what should have come before may still. */
  #alive(nowMs: number): number {
    const { stall, readToMs, hasCaughtUp } = this.#stalls.alive(nowMs);
    if (stall !== null) this.#outages.stalled(stall);
    // All at once, oldest first: of two streams of one person the older one's packets come first.
    if (hasCaughtUp) for (const stream of this.#speakers.streams()) this.#release(stream, nowMs);
    return readToMs;
  }

  #take(arrival: Arrival): void {
    const stream = this.#streamOf(arrival.ssrc);
    if (stream === 'excluded') return;
    if (stream === null) {
      if (!this.#unnamed.hold(arrival)) this.#reject('unknown-ssrc');
      else if (
        isProtocolFrame(arrival.payload) &&
        this.#unnamed.mayTry(arrival.ssrc, arrival.arrivedAtMs)
      )
        this.#nameByTrial(arrival);
      return;
    }
    const { timestamp, payload, arrivedAtMs, earliestAtMs } = arrival;
    const sequence = stream.ledger.admit(arrival.sequence, arrivedAtMs, earliestAtMs);
    if (typeof sequence === 'string') return this.#judge(stream, arrival, sequence);
    if (sequence === null) return; // a duplicate, and counted as one
    const frame = { sequence, timestamp, payload, arrivedAtMs, earliestAtMs };
    if (isEmptyPayload(payload)) {
      this.#passPadding(stream, sequence);
    } else {
      const opus = arrival.opus ?? this.#open(stream.speaker, payload);
      if (opus === null) this.#waitForKey(stream, frame);
      else this.#buffer(stream, frame, opus);
    }
    this.#release(stream, earliestAtMs);
  }

  /** A number that no network makes of the ones before: a stray packet, or the first of a sender that counts anew. */
  #judge(stream: Stream, arrival: Arrival, verdict: 'suspect' | 'begins-anew'): void {
    const { suspect } = stream;
    stream.suspect = verdict === 'suspect' ? arrival : null;
    if (verdict === 'suspect') {
      if (suspect !== null) this.#reject('not-rtp');
      return;
    }
    if (suspect !== null) this.#take(suspect);
    this.#take(arrival);
  }

  /** Null: not to be opened now, nor ever while nobody is named for the voice. */
  #open(speaker: Speaker, payload: Uint8Array): Uint8Array | null {
    const dave = this.#keys?.dave;
    if (dave === undefined) return null;
    if (speaker.userId === null) return dave.state.version === 0 ? payload : null;
    return dave.open(speaker.userId, payload);
  }

  /** Puts an Opus packet in line; it may have waited for its key. */
  #buffer(
    stream: Stream,
    { sequence, timestamp, arrivedAtMs, earliestAtMs }: WaitingFrame,
    opus: Uint8Array,
  ): void {
    stream.speaker.unreadableAtMs = null;
    const parsed = parseOpusPacket(opus);
    if (parsed === null) return this.#passPadding(stream, sequence);
    stream.packetSamples = parsed.durationSamples;
    const packet = { sequence, timestamp, opus, arrivedAtMs, earliestAtMs };
    if (stream.jitterBuffer.push(packet) === 'late') stream.ledger.count('late');
    else stream.timeline.observe(this.#timed(packet)); // what follows shows how late a talkspurt's first one is
  }

  #passPadding(stream: Stream, sequence: number): void {
    stream.ledger.count('padding');
    stream.jitterBuffer.pass(sequence);
  }

  #waitForKey(stream: Stream, frame: WaitingFrame): void {
    stream.speaker.unreadableAtMs = frame.arrivedAtMs;
    stream.jitterBuffer.reserve(frame.sequence);
    this.#giveUpOnKey(stream, stream.waiting.hold(frame));
  }

  #giveUpOnKey(stream: Stream, frames: readonly WaitingFrame[]): void {
    const { userId } = stream.speaker;
    for (const { sequence, payload } of frames) {
      stream.ledger.count('undecryptable');
      stream.jitterBuffer.release(sequence);
      // A plain frame in an encrypted call says nothing about our keys.
      if (userId !== null && isProtocolFrame(payload)) this.#keys?.dave.gaveUp(userId);
    }
  }

  /** A frame that one person's key opens is theirs: its tag proves it. Who has no SSRC yet is tried first. */
  #nameByTrial({ ssrc, sequence, payload }: Arrival): boolean {
    const dave = this.#keys?.dave;
    if (dave === undefined || dave.state.version === 0) return false;
    const named = this.#speakers.namedUsers();
    const { members } = dave;
    const isNamed = (userId: Snowflake): boolean => named.has(userId);
    const inTurn = [...members.filter((one) => !isNamed(one)), ...members.filter(isNamed)];
    for (const userId of inTurn) {
      const opus = dave.open(userId, payload);
      if (opus === null) continue;
      if (opus === payload) return false; // not encrypted: proves nothing
      this.#unnamed.opened(ssrc, sequence, opus);
      this.name(ssrc, userId);
      return true;
    }
    return false;
  }

  #release(stream: Stream, nowMs: number): void {
    for (const ready of stream.jitterBuffer.ready(nowMs)) this.#place(stream, ready);
  }

  #place(stream: Stream, ready: ReadyPacket): void {
    const { recording } = this.#options;
    const { timestamp, sequence } = ready;
    const timed = this.#timed(ready);
    const { arrivedAtSamples } = timed;
    const placed = stream.timeline.place(timed);
    this.#placedTo = Math.max(this.#placedTo, placed.position + timed.durationSamples);
    const track = this.#trackOf(stream.speaker);
    const { file } = track;
    if (placed.startsTalkspurt) {
      // The raw facts of a talkspurt's first packet: its place can be worked out anew from them.
      const facts = { track: file, ssrc: stream.ssrc, sequence, timestamp, arrivedAtSamples };
      recording.appendEvent({ event: 'talkspurt', samples: placed.position, ...facts });
    }
    if (ready.lostBefore > 0) {
      const lost = { track: file, ssrc: stream.ssrc, sequence, count: ready.lostBefore };
      recording.appendEvent({ event: 'loss', samples: placed.position, ...lost });
    }
    const written = track.append(placed.position, ready.opus, ready.lostBefore);
    stream.ledger.count(written === 'written' ? 'packets' : 'late');
    if (written === 'written') this.#options.onPlaced(track, placed.position, ready.opus);
  }

  /** The packet as the time line sees it: on the recording's clock. */
  #timed(packet: BufferedPacket): ArrivedPacket {
    const { sequence, timestamp, opus } = packet;
    const arrivedAtSamples = this.#samplesAt(packet.arrivedAtMs);
    const earliestAtSamples = this.#samplesAt(packet.earliestAtMs);
    const { durationSamples } = parseOpusPacket(opus) ?? { durationSamples: 0 };
    return { sequence, timestamp, arrivedAtSamples, earliestAtSamples, durationSamples };
  }

  #samplesAt(monotonicMs: number): number {
    return Math.round((monotonicMs - this.#options.startedAtMs) * SAMPLES_PER_MS);
  }

  #streamOf(ssrc: number): Stream | 'excluded' | null {
    const stream = this.#speakers.bySsrc(ssrc);
    if (stream !== null) return stream;
    const userId = this.#speakers.userOf(ssrc);
    if (userId === null) return null;
    if (this.#options.excluded.has(userId)) return 'excluded';
    if (!this.#speakers.hasRoomFor(userId)) return null;
    return this.#speakers.openStream(ssrc, userId, this.#options.nameOf(userId));
  }

  #trackOf(speaker: Speaker): TrackWriter {
    if (speaker.track !== null) return speaker.track;
    const { userId, name } = speaker;
    const track = this.#options.recording.addTrack({ userId, name });
    speaker.track = track;
    this.#options.onSpeaker(speaker, track);
    return track;
  }

  #identify(speaker: Speaker, userId: Snowflake): void {
    const name = this.#options.nameOf(userId);
    this.#speakers.identify(speaker, userId, name);
    if (speaker.track === null) return;
    this.#options.recording.nameTrack(speaker.track, { userId, name });
    this.#options.onSpeaker(speaker, speaker.track);
  }

  /** In an encrypted call nobody can open it without a name; and it may be somebody's who is left out. */
  #giveUpOnName(ssrc: number, nowMs: number): void {
    const mayBeAnyones = this.#keys?.dave.state.version === 0 && this.#options.excluded.size === 0;
    if (!mayBeAnyones || !this.#speakers.hasRoomFor(null)) {
      this.#rejected['unknown-ssrc'] += this.#unnamed.takeOverdue(ssrc, nowMs).length;
      return;
    }
    const arrivals = this.#unnamed.take(ssrc);
    const plain = arrivals.filter(({ version }) => version === 0);
    this.#rejected['unknown-ssrc'] += arrivals.length - plain.length;
    if (plain.length === 0) return;
    const { ledger } = this.#speakers.openUnknownStream(ssrc);
    for (const arrival of plain) this.#take(arrival);
    if (this.#takes === 'nothing') ledger.beginGap();
  }

  #close(stream: Stream): void {
    this.#finish(stream);
    this.#speakers.closeStream(stream.ssrc);
  }

  /** The stream is over: what waits is given up, what is in line is written. */
  #finish(stream: Stream): void {
    if (stream.suspect !== null) this.#reject('not-rtp');
    this.#giveUpOnKey(stream, stream.waiting.overdue(Infinity));
    for (const ready of stream.jitterBuffer.flush()) this.#place(stream, ready);
  }

  #reject(reason: keyof Rejected): void {
    this.#rejected[reason] += 1;
  }
}
