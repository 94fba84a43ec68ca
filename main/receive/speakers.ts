import type { Snowflake } from '../base/snowflake.ts';
import type { TrackCounts } from '../recording/manifest.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import type { SequenceCounts } from '../rtp/sequence-ledger.ts';
import { SsrcNames } from '../rtp/ssrc-names.ts';
import { HeldSilence } from './held-silence.ts';
import type { PacketFacts } from './received-packet.ts';
import type { Stream, StreamOwner } from './stream.ts';

/**
 * After 60 s without a packet a stream is closed if its speaker has a newer one: no packet is under way, or waits for a
 * key, for so long.
 */
const LEFT_MS = 60_000;

/** A packet that others have overtaken, those of the SSRC's next person among them, comes no later than this. */
const OVERTAKEN_MS = 2_000;

/** How long a frame that did not decrypt is news: behind it the speaker may be silent. */
const UNREADABLE_MS = 5_000;

/** Streams at a time, far more than any call has: a server that invents SSRCs cannot fill the memory. */
const MOST_STREAMS = 1_024;

/** Speakers of one recording, each with a track: a server that invents people cannot fill the disk. */
const MOST_PEOPLE = 2_000;
const MOST_UNKNOWN = 100;

type StreamCounts = { -readonly [Key in keyof SequenceCounts]: number };

/** One person, or one SSRC that nobody was named for: at most one track, through any number of streams. */
export interface Speaker extends StreamOwner {
  userId: Snowflake | null;
  name: string;
  /** Made when the turn of the first packet comes. */
  track: TrackWriter | null;
  /** Streams of the voice session under way, oldest first. */
  readonly streams: Stream[];
  /** Sum of the counts of the streams that are closed. */
  readonly past: StreamCounts;
}

/** Finds stream, speaker and track for an SSRC. SSRCs are forgotten with their voice session, people stay. */
export class Speakers {
  readonly #byUser = new Map<Snowflake, Speaker>();
  readonly #unknown: Speaker[] = [];
  /** Unknown speakers whose stream was dropped, by its SSRC in this voice session. */
  readonly #unknownBySsrc = new Map<number, Speaker>();
  readonly #streams = new Map<number, Stream>();
  /** Streams of people who have left: late packets of theirs may still come. */
  readonly #former = new Map<number, Stream>();
  /** Whose each stream is, in order of the streams' beginnings. */
  readonly #owners = new Map<Stream, Speaker>();
  readonly #names = new SsrcNames();

  /** The stream of the SSRC; null before its first packet was taken, and when its person has left. */
  stream(ssrc: number): Stream | null {
    return this.#streams.get(ssrc) ?? null;
  }

  /** The stream of a person who had the SSRC and has left: packets of theirs may still come. */
  formerStream(ssrc: number): Stream | null {
    return this.#former.get(ssrc) ?? null;
  }

  /** Whose stream `stream(ssrc)` is. */
  speaker(ssrc: number): Speaker | null {
    return this.#ownerOf(this.stream(ssrc));
  }

  /** Who is named for this SSRC in this voice session; null when nobody is. */
  userOf(ssrc: number): Snowflake | null {
    return this.#names.userOf(ssrc);
  }

  /** People who are named for an SSRC in this voice session. */
  namedUsers(): ReadonlySet<Snowflake> {
    return this.#names.users();
  }

  /**
   * Remembers whose the SSRC is, perhaps long before its first packet; another person's stream of it is over. False when
   * that was known. Of more than 4,096 names the oldest is forgotten.
   */
  nameSsrc(ssrc: number, userId: Snowflake): boolean {
    if (!this.#names.name(ssrc, userId)) return false;
    const stream = this.stream(ssrc);
    const ownerId = this.#ownerOf(stream)?.userId ?? null;
    if (stream !== null && ownerId !== null && ownerId !== userId) this.closeStream(stream);
    const former = this.formerStream(ssrc);
    if (former !== null && this.#ownerOf(former)?.userId === userId) {
      this.#former.delete(ssrc);
      this.#streams.set(ssrc, former);
    }
    return true;
  }

  /** A connection of that person is over: their SSRCs, or all but the newest, may be somebody else's from here on. */
  left(userId: Snowflake): void {
    this.#names.left(userId, (ssrc) => this.#streams.has(ssrc));
    for (const ssrc of [...this.#streams.keys()])
      if (this.userOf(ssrc) === null && this.speaker(ssrc)?.userId === userId) this.#setAside(ssrc);
  }

  /** Whether one more stream of that person, or of an unknown speaker (null), is within the bounds of a call. */
  hasRoomFor(userId: Snowflake | null): boolean {
    if (this.#owners.size >= MOST_STREAMS) return false;
    if (userId === null) return this.#unknown.length < MOST_UNKNOWN;
    return this.#byUser.has(userId) || this.#byUser.size < MOST_PEOPLE;
  }

  /** The speaker `userId`; a speaker who is made for it is called `name`. */
  person(userId: Snowflake, name: string): Speaker {
    const known = this.#byUser.get(userId);
    if (known !== undefined) return known;
    const speaker = newSpeaker(userId, name);
    this.#byUser.set(userId, speaker);
    return speaker;
  }

  /** The speaker for an SSRC that nobody was named for in time. */
  unknown(ssrc: number): Speaker {
    const known = this.takeUnknown(ssrc);
    if (known !== null) return known;
    const speaker = newSpeaker(null, 'unknown');
    this.#unknown.push(speaker);
    return speaker;
  }

  /** The unknown speaker whose stream of that SSRC was dropped; null when there is none, and from then on. */
  takeUnknown(ssrc: number): Speaker | null {
    const speaker = this.#unknownBySsrc.get(ssrc) ?? null;
    this.#unknownBySsrc.delete(ssrc);
    return speaker;
  }

  /**
   * An unknown speaker turns out to be `userId` and keeps its track. A track that the person has already stays beside
   * it.
   */
  identify(speaker: Speaker, userId: Snowflake, name: string): void {
    speaker.userId = userId;
    speaker.name = name;
    if (!this.#byUser.has(userId)) this.#byUser.set(userId, speaker);
  }

  /** People who are called by their id, because nobody had told their name. */
  nameless(): readonly (Speaker & { readonly userId: Snowflake })[] {
    return this.#all().filter(
      (speaker): speaker is Speaker & { userId: Snowflake } =>
        speaker.userId !== null && speaker.name === speaker.userId,
    );
  }

  addStream(stream: Stream, speaker: Speaker): void {
    speaker.streams.push(stream);
    this.#streams.set(stream.ssrc, stream);
    this.#owners.set(stream, speaker);
  }

  /** The streams of the voice session under way. */
  streams(): Iterable<Stream> {
    return [...this.#owners.keys()];
  }

  /**
   * Whether no packet of the stream comes any more: none has come for 60 s, and its speaker has a newer stream, or for
   * 2 s, and its SSRC has a stream of another person.
   */
  isLeft(stream: Stream, nowMs: number): boolean {
    const quietMs = nowMs - stream.newest.latestMs;
    const { ssrc } = stream;
    const isFollowed = this.formerStream(ssrc) === stream && this.#streams.has(ssrc);
    if (isFollowed && quietMs > OVERTAKEN_MS) return true;
    return this.#ownerOf(stream)?.streams.at(-1) !== stream && quietMs > LEFT_MS;
  }

  /** Ends a stream and keeps its counts. The next packet of its SSRC belongs to another stream. */
  closeStream(stream: Stream): void {
    const speaker = this.#ownerOf(stream);
    if (speaker === null) return;
    stream.finish();
    this.#forget(stream);
    speaker.silence.flush();
    speaker.streams.splice(speaker.streams.indexOf(stream), 1);
    addCounts(speaker.past, stream.counts());
  }

  /**
   * Forgets the streams of that person, or of everyone unknown (null), with what waits in them: nothing of it is written
   * or counted. Gives the newest packet of each.
   */
  drop(userId: Snowflake | null): readonly PacketFacts[] {
    const theirs = this.#all().filter((speaker) => speaker.userId === userId);
    return theirs.flatMap((speaker) => this.#drop(speaker));
  }

  /** Forgets that person, and gives the tracks they had. */
  forget(userId: Snowflake): readonly TrackWriter[] {
    this.drop(userId);
    const forgotten = this.#all().filter((speaker) => speaker.userId === userId);
    this.#byUser.delete(userId);
    for (const speaker of forgotten) {
      const at = this.#unknown.indexOf(speaker);
      if (at >= 0) this.#unknown.splice(at, 1);
    }
    return forgotten.flatMap(({ track }) => track ?? []);
  }

  #drop(speaker: Speaker): readonly PacketFacts[] {
    speaker.silence.drop();
    speaker.unreadableAtMs = null;
    return speaker.streams.splice(0).flatMap((stream) => {
      const newest = stream.drop();
      this.#forget(stream);
      if (speaker.userId === null) this.#unknownBySsrc.set(stream.ssrc, speaker);
      addCounts(speaker.past, stream.counts());
      return newest ?? [];
    });
  }

  /** The voice session is over: closes all streams and forgets all names. */
  forgetSsrcs(): void {
    for (const stream of this.streams()) this.closeStream(stream);
    this.#names.clear();
    this.#unknownBySsrc.clear();
  }

  /** People whose newest frame did not decrypt, when that frame came in the last 5 s. */
  unreadable(nowMs: number): readonly Snowflake[] {
    const unreadable: Snowflake[] = [];
    for (const { userId, unreadableAtMs } of this.#byUser.values()) {
      if (userId === null || unreadableAtMs === null) continue;
      if (nowMs - unreadableAtMs < UNREADABLE_MS) unreadable.push(userId);
    }
    return unreadable;
  }

  /** Speakers with a track, in order of the tracks' numbers. */
  withTracks(): readonly (Speaker & { readonly track: TrackWriter })[] {
    return this.#all()
      .filter((speaker): speaker is Speaker & { track: TrackWriter } => speaker.track !== null)
      .sort((a, b) => a.track.file.localeCompare(b.track.file, 'en', { numeric: true }));
  }

  #ownerOf(stream: Stream | null): Speaker | null {
    return (stream === null ? undefined : this.#owners.get(stream)) ?? null;
  }

  #forget(stream: Stream): void {
    this.#owners.delete(stream);
    for (const streams of [this.#streams, this.#former])
      if (streams.get(stream.ssrc) === stream) streams.delete(stream.ssrc);
  }

  /** Makes the stream of the SSRC the former one; the one that is former already is over. */
  #setAside(ssrc: number): void {
    const stream = this.#streams.get(ssrc);
    if (stream === undefined) return;
    const before = this.formerStream(ssrc);
    if (before !== null) this.closeStream(before);
    this.#streams.delete(ssrc);
    this.#former.set(ssrc, stream);
  }

  /** People and unknown speakers, also those who turned out to be somebody; each once. */
  #all(): Speaker[] {
    return [...new Set([...this.#byUser.values(), ...this.#unknown])];
  }
}

/** The counts of a speaker's track: the sum over their streams, and the silence that the track was given. */
export function countsOf({ streams, past, track }: Speaker): TrackCounts {
  const sum = { ...past };
  for (const stream of streams) addCounts(sum, stream.counts());
  return { ...sum, silenceAdded: track?.silenceAdded ?? 0 };
}

function newSpeaker(userId: Snowflake | null, name: string): Speaker {
  const past = { packets: 0, lost: 0, late: 0, undecryptable: 0, padding: 0, duplicate: 0 };
  const streams: Stream[] = [];
  const silence = new HeldSilence(() =>
    Math.min(...streams.map(({ waitingSinceMs }) => waitingSinceMs)),
  );
  return { userId, name, track: null, streams, silence, past, unreadableAtMs: null };
}

function addCounts(sum: StreamCounts, counts: SequenceCounts): void {
  sum.packets += counts.packets;
  sum.lost += counts.lost;
  sum.late += counts.late;
  sum.undecryptable += counts.undecryptable;
  sum.padding += counts.padding;
  sum.duplicate += counts.duplicate;
}
