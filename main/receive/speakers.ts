import type { Snowflake } from '../base/snowflake.ts';
import type { TrackCounts } from '../recording/manifest.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import type { SequenceCounts } from '../rtp/sequence-ledger.ts';
import type { Stream, StreamOwner } from './stream.ts';

/** Longer than packets are on their way, and than they wait for a key. */
const LEFT_MS = 60_000;

/** Whose frames did not decrypt that long ago may have been silent since: nothing is said of them any more. */
const UNREADABLE_MS = 5_000;

/** SSRCs at a time, far more than any call has: a server that makes voices up may not fill memory and disk with them. */
const MOST_STREAMS = 1_024;
const MOST_NAMES = 4_096;

/** Of one recording: with a track each. */
const MOST_PEOPLE = 2_000;
const MOST_UNKNOWN = 100;

type StreamCounts = { -readonly [Key in keyof SequenceCounts]: number };

/** One person, or one SSRC that nobody was named for: at most one track, through any number of streams. */
export interface Speaker extends StreamOwner {
  userId: Snowflake | null;
  name: string;
  /** Set when the first packet goes to disk. */
  track: TrackWriter | null;
  /** Streams of the voice session under way, oldest first. */
  readonly streams: Stream[];
  /** What became of the numbers of streams that are over. */
  readonly past: StreamCounts;
}

/** SSRC ↔ stream ↔ speaker ↔ track. SSRCs are forgotten with their voice session, people never. */
export class Speakers {
  readonly #byUser = new Map<Snowflake, Speaker>();
  readonly #unknown: Speaker[] = [];
  readonly #streams = new Map<number, { readonly stream: Stream; readonly speaker: Speaker }>();
  readonly #names = new Map<number, Snowflake>();

  stream(ssrc: number): Stream | null {
    return this.#streams.get(ssrc)?.stream ?? null;
  }

  /** Whose stream that SSRC is; null before its first packet was taken. */
  speaker(ssrc: number): Speaker | null {
    return this.#streams.get(ssrc)?.speaker ?? null;
  }

  /** Who was named for this SSRC in this voice session; null when nobody was. */
  userOf(ssrc: number): Snowflake | null {
    return this.#names.get(ssrc) ?? null;
  }

  /** People for whom an SSRC was named in this voice session. */
  namedUsers(): ReadonlySet<Snowflake> {
    return new Set(this.#names.values());
  }

  /** Remembers a name that may come long before the first packet. False when the SSRC had that name. */
  nameSsrc(ssrc: number, userId: Snowflake): boolean {
    if (this.#names.get(ssrc) === userId) return false;
    this.#names.set(ssrc, userId);
    const [first] = this.#names.keys();
    if (this.#names.size > MOST_NAMES && first !== undefined) this.#names.delete(first);
    return true;
  }

  /** Whether one more stream of that person, null for an unknown one, is within what a call can have. */
  hasRoomFor(userId: Snowflake | null): boolean {
    if (this.#streams.size >= MOST_STREAMS) return false;
    if (userId === null) return this.#unknown.length < MOST_UNKNOWN;
    return this.#byUser.has(userId) || this.#byUser.size < MOST_PEOPLE;
  }

  /** The speaker of that id; a new one is called `name`. */
  person(userId: Snowflake, name: string): Speaker {
    const known = this.#byUser.get(userId);
    if (known !== undefined) return known;
    const speaker = newSpeaker(userId, name);
    this.#byUser.set(userId, speaker);
    return speaker;
  }

  /** A speaker for an SSRC that nobody was named for in time. */
  unknown(): Speaker {
    const speaker = newSpeaker(null, 'unknown');
    this.#unknown.push(speaker);
    return speaker;
  }

  /** The person of an unknown speaker became known. Their track goes on; another track of that person stays beside it. */
  identify(speaker: Speaker, userId: Snowflake, name: string): void {
    speaker.userId = userId;
    speaker.name = name;
    if (!this.#byUser.has(userId)) this.#byUser.set(userId, speaker);
  }

  addStream(stream: Stream, speaker: Speaker): void {
    speaker.streams.push(stream);
    this.#streams.set(stream.ssrc, { stream, speaker });
  }

  /** The streams of the voice session under way. */
  streams(): Iterable<Stream> {
    return Array.from(this.#streams.values(), ({ stream }) => stream);
  }

  /** Whether the speaker has come back under another SSRC, and nothing has come under this one for a minute. */
  isLeft({ ssrc, newest }: Stream, nowMs: number): boolean {
    const last = this.speaker(ssrc)?.streams.at(-1);
    return last?.ssrc !== ssrc && nowMs - newest.latestMs > LEFT_MS;
  }

  /** What comes under that SSRC from here on is another stream's. Only the counts are kept. */
  closeStream(ssrc: number): void {
    const closed = this.#streams.get(ssrc);
    if (closed === undefined) return;
    this.#streams.delete(ssrc);
    const { speaker, stream } = closed;
    speaker.streams.splice(speaker.streams.indexOf(stream), 1);
    addCounts(speaker.past, stream.counts());
  }

  /** The voice session is over: no SSRC means anything any more. */
  forgetSsrcs(): void {
    for (const ssrc of this.#streams.keys()) this.closeStream(ssrc);
    this.#names.clear();
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

  /** Everyone of whom something is on disk, in order of the tracks. */
  withTracks(): readonly (Speaker & { readonly track: TrackWriter })[] {
    return [...new Set([...this.#byUser.values(), ...this.#unknown])]
      .filter((speaker): speaker is Speaker & { track: TrackWriter } => speaker.track !== null)
      .sort((a, b) => a.track.file.localeCompare(b.track.file, 'en', { numeric: true }));
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
  return { userId, name, track: null, streams: [], past, unreadableAtMs: null };
}

function addCounts(sum: StreamCounts, counts: SequenceCounts): void {
  sum.packets += counts.packets;
  sum.lost += counts.lost;
  sum.late += counts.late;
  sum.undecryptable += counts.undecryptable;
  sum.padding += counts.padding;
  sum.duplicate += counts.duplicate;
}
