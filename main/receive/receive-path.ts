import type { Log } from '../base/log.ts';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { TimelinePosition } from '../audio/timeline-position.ts';
import { isProtocolFrame } from '../dave/frame.ts';
import { NO_REJECTS, type Rejected, type TrackCounts } from '../recording/manifest.ts';
import type { Recording } from '../recording/recording.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import type { MediaKind, MediaSink } from '../rtp/media-sink.ts';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';
import { Faults } from './faults.ts';
import { LeftOut } from './left-out.ts';
import { type Outage, OutageWatch } from './outage-watch.ts';
import { factsOf, type ReceivedPacket } from './received-packet.ts';
import { countsOf, Speakers, type Speaker } from './speakers.ts';
import { StallWatch } from './stall-watch.ts';
import { type EndToEndKeys, Stream } from './stream.ts';
import { UnnamedPackets } from './unnamed-packets.ts';

/** What a packet path is made of. The callbacks run within `receive`, `name`, `tick` and their like. */
export interface ReceiveOptions {
  readonly recording: Pick<Recording, 'addTrack' | 'nameTrack' | 'tell'>;
  /** Sample 0 on the monotonic clock. */
  readonly startedAtMs: number;
  /** What a person's track is called; the id while nobody has told the name. */
  readonly nameOf: (userId: Snowflake) => string;
  /** People who are left out from the first packet on, as by `leaveOut`. */
  readonly excluded: Iterable<Snowflake>;
  /** Of everybody else; `left out` until `takeBack`. Kept when absent. */
  readonly others?: 'kept' | 'left out';
  readonly log: Log;
  /**
   * A speaker's track was made, for the first packet that goes to disk, or the person of an unknown track became known,
   * or the name of a person.
   */
  readonly onSpeaker: (
    speaker: Pick<Speaker, 'userId' | 'name'> & { readonly track: TrackWriter },
  ) => void;
  /** Nothing was received in a stretch of 2 s or more, on the monotonic clock. */
  readonly onOutage: (outage: Outage) => void;
  /** Called for each packet that was put on a track, for meters: may drop work, must not hold the path up. */
  readonly onPlaced: (track: TrackWriter, position: TimelinePosition, opus: Uint8Array) => void;
  /** Called once, at the first fault of our own code; the path goes on. */
  readonly onFault: () => void;
}

/** What opens the packets of one voice session: the transport's key, and the keys of end-to-end encryption. */
export interface VoiceKeys {
  readonly cipher: TransportCipher;
  readonly dave: EndToEndKeys;
}

/**
 * The way of a datagram to its stream: decrypts the transport, finds out whose the SSRC is, and holds packets that wait
 * for a name. One path serves a whole recording and its voice sessions. Bad input is counted, a fault of our own code
 * is logged and costs the packet at hand; nothing throws or awaits. Times are monotonic.
 */
export class ReceivePath implements MediaSink {
  readonly #options: ReceiveOptions;
  readonly #speakers = new Speakers();
  readonly #unnamed = new UnnamedPackets();
  readonly #rejected: Rejected = { ...NO_REJECTS };
  readonly #stalls = new StallWatch();
  readonly #outages: OutageWatch;
  readonly #leftOut: LeftOut;
  readonly #faults: Faults;
  /** Null between two voice sessions. */
  #keys: VoiceKeys | null = null;
  #takes: 'everything' | 'nothing' = 'everything';
  #takesFromMs = -Infinity;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#outages = new OutageWatch(options.onOutage);
    this.#leftOut = new LeftOut(options.excluded, options.others);
    this.#faults = new Faults({ log: options.log, onFirst: options.onFault });
  }

  /** A voice session begins: `keys` open the packets that arrive from here on. */
  beginVoiceSession(keys: VoiceKeys, nowMs: number): void {
    this.#keys = keys;
    this.#outages.beginVoiceSession(nowMs);
  }

  /**
   * Until `resume`, packets are decrypted and dropped: a track neither has nor misses them. Packets that arrived before
   * are still written.
   */
  pause(): void {
    this.#takes = 'nothing';
    for (const stream of this.#speakers.streams()) stream.beginGap();
  }

  /**
   * Packets are kept again that arrive from `nowMs` on: some were held back before they came here. Numbers that passed
   * since `pause` are no loss.
   */
  resume(nowMs: number): void {
    this.#takes = 'everything';
    this.#takesFromMs = nowMs;
    for (const stream of this.#speakers.streams()) stream.endGap();
  }

  /**
   * From here on nothing of that person is written or counted, nor is anything that waits in memory. While anybody is
   * left out, that holds for packets of an SSRC without a name too, also where it has an unknown track.
   */
  leaveOut(userId: Snowflake): void {
    this.#leftOut.add(userId);
    this.#faults.guard(() => {
      for (const facts of this.#speakers.drop(userId)) {
        const hasLeft = this.#speakers.userOf(facts.ssrc) !== userId;
        this.#leftOut.drop({ userId, facts, hasLeft });
      }
      this.#speakers.drop(null);
    });
  }

  /** Packets of that person are kept that arrive from `nowMs` on, on the same track. What came before is in no count. */
  takeBack(userId: Snowflake, nowMs: number): void {
    this.#leftOut.takeBack(userId, nowMs);
  }

  /**
   * Forgets everything of that person that arrived before `nowMs`, and gives the tracks they had. What is kept from then
   * on goes to a new one.
   */
  forget(userId: Snowflake, nowMs: number): readonly TrackWriter[] {
    this.#leftOut.keepFrom(userId, nowMs);
    return this.#speakers.forget(userId);
  }

  /**
   * The voice session is over: waiting packets are written or given up, and SSRCs, names and keys are forgotten.
   * Datagrams are dropped until `beginVoiceSession`.
   */
  endVoiceSession(): void {
    this.#faults.guard(() => this.#outages.endVoiceSession());
    for (const ssrc of this.#unnamed.ssrcs())
      this.#faults.guard(() => this.#giveUpOnName(ssrc, Infinity));
    this.#eachStream((stream) => stream.finish());
    this.#speakers.forgetSsrcs();
    this.#leftOut.forgetSsrcs();
    this.#keys = null;
  }

  /**
   * Takes one datagram, read at `arrivedAtMs`. Counts it in `rejected` when it is no RTP packet with Opus, or when the
   * transport's key does not open it. Else the packet goes to the stream of its SSRC; without a name for the SSRC it
   * waits 10 s for one. While the path is paused packets are dropped, but those that go to `rejected` are still counted:
   * they hold nobody's voice. Between two voice sessions everything is dropped.
   */
  receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void {
    try {
      this.#receive(datagram, kind, arrivedAtMs);
    } catch (error) {
      this.#faults.note(error);
    }
  }

  /**
   * Names the person whose packets `ssrc` carries in this voice session. Packets that waited for the name are written;
   * an unknown track becomes that person's; a stream of another person ends, and the next packet begins a new one.
   */
  name(ssrc: number, userId: Snowflake): void {
    this.#faults.guard(() => this.#name(ssrc, userId));
  }

  /**
   * A connection of that person is over: under its SSRC a newcomer's packets may come before the newcomer's name. They
   * wait for it; packets that go on from the stream, or that the person's key opens, still belong to the stream.
   */
  left(userId: Snowflake): void {
    this.#leftOut.left(userId);
    this.#faults.guard(() => this.#speakers.left(userId));
  }

  /** Names are known that `nameOf` did not have before: who was called by the id is called by the name. */
  namesChanged(): void {
    for (const speaker of this.#speakers.nameless()) {
      const { userId } = speaker;
      if (this.#options.nameOf(userId) !== userId) this.#identify(speaker, userId);
    }
  }

  /**
   * Keys of end-to-end encryption changed: frames that wait for a key are tried again, and so are the newest 3 packets
   * of each SSRC without a name, with everyone's keys.
   */
  keysChanged(nowMs: number): void {
    const readToMs = this.#alive(nowMs);
    this.#eachStream((stream) => stream.keysChanged(readToMs));
    for (const ssrc of this.#unnamed.ssrcs()) this.#faults.guard(() => this.#nameByNewest(ssrc));
  }

  /**
   * Gives up on a name after 10 s, on a key after 2 s, on a missing packet after 250 ms, and writes what waited for
   * them. To be called every 20 ms.
   */
  tick(nowMs: number): void {
    const readToMs = this.#alive(nowMs);
    this.#faults.guard(() => this.#outages.tick(nowMs));
    for (const ssrc of this.#unnamed.overdue(readToMs))
      this.#faults.guard(() => this.#giveUpOnName(ssrc, readToMs));
    this.#eachStream((stream) => {
      stream.tick(readToMs);
      if (this.#speakers.isLeft(stream, nowMs)) this.#speakers.closeStream(stream);
    });
  }

  /**
   * Sample from which on nothing was heard because this process stood still for 2 s or more, at most 30 s ago; null
   * when it did not, or when packets have come since. At or behind the end of every track.
   */
  asleepFromSamples(nowMs: number): number | null {
    const asleepSinceMs = this.#outages.asleepSinceMs(nowMs);
    if (asleepSinceMs === null) return null;
    const ends = this.speakers().map(({ track }) => track.endPosition);
    return Math.max(this.#samplesAt(asleepSinceMs), ...ends);
  }

  /**
   * Milliseconds until all packets have been read that the system kept while this process stood still: 2,000 at most,
   * mostly 0.
   */
  unreadForMs(nowMs: number): number {
    return this.#stalls.unreadForMs(nowMs);
  }

  /** Datagrams that belong to no track so far, by reason. */
  get rejected(): Readonly<Rejected> {
    return this.#rejected;
  }

  /** Faults of our own code so far. */
  get faultCount(): number {
    return this.#faults.count;
  }

  /** Everyone with a track, in order of the tracks. */
  speakers(): ReturnType<Speakers['withTracks']> {
    return this.#speakers.withTracks();
  }

  /** What became of the speaker's packets so far, as the manifest counts it. */
  counts(speaker: Speaker): TrackCounts {
    return countsOf(speaker);
  }

  /** People whose newest frame did not decrypt, when that frame came in the last 5 s. */
  unreadable(nowMs: number): readonly Snowflake[] {
    return this.#speakers.unreadable(nowMs);
  }

  #receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void {
    const earliestMs = this.#alive(arrivedAtMs);
    if (this.#keys === null) return;
    if (kind === 'unknown') return this.#reject('not-rtp');
    const packet = parseRtpPacket(datagram);
    if (packet === null) return this.#reject('payload-type');
    const payload = this.#keys.cipher.open(packet);
    const { flight } = this.#options.log;
    flight.packet(payload === null ? 'transport-auth' : 'transport-opened', payload ?? datagram);
    if (payload === null) return this.#reject('transport-auth');
    const { ssrc, sequence, timestamp } = packet;
    const arrived: ReceivedPacket = {
      ssrc,
      sequence,
      timestamp,
      payload,
      opus: null,
      version: this.#keys.dave.state.version,
      arrival: { latestMs: arrivedAtMs, earliestMs },
    };
    const { stream, received } = this.#recognise(arrived);
    this.#outages.arrived(stream, received, arrivedAtMs);
    if (this.#leftOut.dropOvertaken(received)) return;
    if (this.#takes === 'nothing' || arrivedAtMs < this.#takesFromMs) stream?.skip(received);
    else if (stream !== null) stream.take(received);
    else this.#takeFirst(received);
  }

  /**
   * Notes that this process runs at `nowMs`. Returns the moment up to which every packet that arrived has been read:
   * `nowMs`, or the start of a stall while packets that the system kept in it may still be unread.
   */
  #alive(nowMs: number): number {
    const { stall, readToMs, hasCaughtUp } = this.#stalls.alive(nowMs);
    if (stall !== null) this.#outages.stalled(stall);
    // All streams at once, oldest first: of two streams of one person the older one's packets come first.
    if (hasCaughtUp) this.#eachStream((stream) => stream.release(nowMs));
    return readToMs;
  }

  /** The stream that the packet belongs to; null for none that there is. */
  #recognise(received: ReceivedPacket): { stream: Stream | null; received: ReceivedPacket } {
    const { ssrc } = received;
    const former = this.#speakers.formerStream(ssrc);
    const own = former?.recognise(received) ?? null;
    if (own !== null) return { stream: former, received: own };
    return { stream: this.#speakers.stream(ssrc), received };
  }

  /**
   * A packet that belongs to no stream: begins a stream, waits for a name, or is dropped because its person is left
   * out.
   */
  #takeFirst(packet: ReceivedPacket): void {
    const { ssrc, payload, arrival } = packet;
    const userId = this.#speakers.userOf(ssrc);
    if (userId !== null && this.#leftOut.covers(userId, arrival))
      return this.#leftOut.drop({ userId, facts: factsOf(packet), hasLeft: false });
    if (userId !== null && this.#speakers.hasRoomFor(userId)) {
      const speaker = this.#speakers.person(userId, this.#options.nameOf(userId));
      this.#openStream(ssrc, speaker)?.take(packet);
    } else if (!this.#unnamed.hold(packet)) {
      this.#reject('unknown-ssrc');
    } else if (isProtocolFrame(payload) && this.#unnamed.mayTry(ssrc, arrival.latestMs)) {
      this.#nameByTrial(packet);
    }
  }

  #take(packet: ReceivedPacket): void {
    const stream = this.#speakers.stream(packet.ssrc);
    if (stream === null) this.#takeFirst(packet);
    else stream.take(packet);
  }

  #openStream(ssrc: number, speaker: Speaker): Stream | null {
    if (this.#keys === null) return null;
    const stream = new Stream({
      ssrc,
      owner: speaker,
      keys: this.#keys.dave,
      recording: this.#options.recording,
      track: () => this.#trackOf(speaker),
      samplesAt: (monotonicMs) => this.#samplesAt(monotonicMs),
      onPlaced: this.#options.onPlaced,
      onStray: () => this.#reject('not-rtp'),
      onFault: (thrown) => this.#faults.note(thrown),
    });
    this.#speakers.addStream(stream, speaker);
    return stream;
  }

  #trackOf(speaker: Speaker): TrackWriter {
    if (speaker.track !== null) return speaker.track;
    const { userId, name } = speaker;
    const track = this.#options.recording.addTrack({ userId, name });
    speaker.track = track;
    this.#options.onSpeaker({ userId, name, track });
    return track;
  }

  #name(ssrc: number, userId: Snowflake): void {
    if (!this.#speakers.nameSsrc(ssrc, userId)) return;
    const speaker = this.#speakers.speaker(ssrc);
    if (speaker?.userId === null) return this.#identify(speaker, userId);
    const unknown = this.#speakers.takeUnknown(ssrc);
    if (unknown !== null) this.#identify(unknown, userId);
    for (const packet of this.#unnamed.take(ssrc)) this.#take(packet);
    if (this.#takes === 'nothing') this.#speakers.stream(ssrc)?.beginGap();
  }

  #identify(speaker: Speaker, userId: Snowflake): void {
    const name = this.#options.nameOf(userId);
    this.#speakers.identify(speaker, userId, name);
    const { track } = speaker;
    if (track === null) return;
    this.#options.recording.nameTrack(track, { userId, name });
    this.#options.onSpeaker({ userId, name, track });
  }

  #nameByNewest(ssrc: number): void {
    for (const packet of this.#unnamed.newest(ssrc)) if (this.#nameByTrial(packet)) break;
  }

  /**
   * Names the SSRC after the person whose key opens the frame: the frame's tag proves who sent it. People without an
   * SSRC are tried first. True when the SSRC was named.
   */
  #nameByTrial(packet: ReceivedPacket): boolean {
    const { ssrc, payload } = packet;
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
      this.#unnamed.opened(packet, opus);
      this.#name(ssrc, userId);
      return true;
    }
    return false;
  }

  /**
   * Packets whose name did not come go to an unknown track. In an encrypted call they are counted as `unknown-ssrc`
   * instead, since a key belongs to a person; so they are while somebody is left out, whose packets they may be.
   */
  #giveUpOnName(ssrc: number, nowMs: number): void {
    const mayBeAnyones = this.#keys?.dave.state.version === 0 && !this.#leftOut.isAnybody;
    if (!mayBeAnyones || !this.#speakers.hasRoomFor(null)) {
      this.#rejected['unknown-ssrc'] += this.#unnamed.takeOverdue(ssrc, nowMs).length;
      return;
    }
    const packets = this.#unnamed.take(ssrc);
    const plain = packets.filter(
      ({ version, arrival }) => version === 0 && !this.#leftOut.mayCover(arrival),
    );
    this.#rejected['unknown-ssrc'] += packets.length - plain.length;
    if (plain.length === 0) return;
    const stream = this.#openStream(ssrc, this.#speakers.unknown(ssrc));
    for (const packet of plain) stream?.take(packet);
    if (this.#takes === 'nothing') stream?.beginGap();
  }

  /** A fault in one stream costs that stream its turn; the other streams have theirs. */
  #eachStream(work: (stream: Stream) => void): void {
    for (const stream of this.#speakers.streams()) this.#faults.guard(() => work(stream));
  }

  #samplesAt(monotonicMs: number): number {
    return Math.round((monotonicMs - this.#options.startedAtMs) * SAMPLES_PER_MS);
  }

  #reject(reason: keyof Rejected): void {
    this.#rejected[reason] += 1;
  }
}
