import type { Snowflake } from '../base/snowflake.ts';
import { Timeline, type ArrivalStall } from '../audio/timeline.ts';
import type { TrackCounts } from '../recording/manifest.ts';
import type { TrackWriter } from '../recording/track-writer.ts';
import { JitterBuffer, SETTLE_MS } from '../rtp/jitter-buffer.ts';
import { SequenceLedger } from '../rtp/sequence-ledger.ts';
import type { Stall } from './stall-watch.ts';
import type { Arrival } from './unnamed.ts';
import { WaitingFrames } from './waiting-frames.ts';

/** One SSRC while one voice session of ours lasts. */
export interface Stream {
  readonly ssrc: number;
  readonly ledger: SequenceLedger;
  readonly jitterBuffer: JitterBuffer;
  readonly timeline: Timeline;
  /** Frames that came before their key. */
  readonly waiting: WaitingFrames;
  readonly speaker: Speaker;
  /** Duration of the newest packet. */
  packetSamples: number;
  /** A packet whose number came out of nowhere: the next one tells whether it was a stray. */
  suspect: Arrival | null;
}

/** One person, or one SSRC that nobody was named for: at most one track, through any number of streams. */
export interface Speaker {
  userId: Snowflake | null;
  name: string;
  /** Set when the first packet goes to disk. */
  track: TrackWriter | null;
  readonly streams: Stream[];
  /** When the newest frame came that could not be decrypted, on the monotonic clock; null since one could. */
  unreadableAtMs: number | null;
}

/** SSRC ↔ speaker ↔ track. SSRCs are forgotten with their voice session, people never. */
export class Speakers {
  readonly #byUser = new Map<Snowflake, Speaker>();
  readonly #unknown: Speaker[] = [];
  readonly #streams = new Map<number, Stream>();
  readonly #names = new Map<number, Snowflake>();
  /** The last one. */
  #stall: ArrivalStall | null = null;

  bySsrc(ssrc: number): Stream | null {
    return this.#streams.get(ssrc) ?? null;
  }

  /** Who was named for this SSRC in this voice session; null when nobody was. */
  userOf(ssrc: number): Snowflake | null {
    return this.#names.get(ssrc) ?? null;
  }

  /** Whether an SSRC was named for that person in this voice session. */
  isNamed(userId: Snowflake): boolean {
    for (const named of this.#names.values()) if (named === userId) return true;
    return false;
  }

  /** Remembers a name that may come long before the first packet. False when the SSRC had that name. */
  nameSsrc(ssrc: number, userId: Snowflake): boolean {
    if (this.#names.get(ssrc) === userId) return false;
    this.#names.set(ssrc, userId);
    return true;
  }

  /** The stream of a named SSRC, begun with its first packet. */
  openStream(ssrc: number, userId: Snowflake, name: string): Stream {
    let speaker = this.#byUser.get(userId);
    if (speaker === undefined) {
      speaker = { userId, name, track: null, streams: [], unreadableAtMs: null };
      this.#byUser.set(userId, speaker);
    }
    return this.#open(ssrc, speaker);
  }

  /** The stream of an SSRC that nobody was named for in time. */
  openUnknownStream(ssrc: number): Stream {
    const speaker: Speaker = {
      ...{ userId: null, name: 'unknown', track: null },
      ...{ streams: [], unreadableAtMs: null },
    };
    this.#unknown.push(speaker);
    return this.#open(ssrc, speaker);
  }

  /** The person of an unknown speaker became known. Their track goes on; another track of that person stays beside it. */
  identify(speaker: Speaker, userId: Snowflake, name: string): void {
    speaker.userId = userId;
    speaker.name = name;
    if (!this.#byUser.has(userId)) this.#byUser.set(userId, speaker);
  }

  /** The streams of the voice session under way. */
  streams(): Iterable<Stream> {
    return this.#streams.values();
  }

  /** This process did not run: what is read next arrived at any time within that stretch. */
  stalled({ fromMs, toMs, caughtUpAtMs }: Stall, samplesAt: (monotonicMs: number) => number): void {
    this.#stall = {
      fromSamples: samplesAt(fromMs),
      toSamples: samplesAt(toMs),
      caughtUpSamples: samplesAt(caughtUpAtMs),
    };
    for (const { ledger, timeline } of this.#streams.values()) {
      ledger.stalled(fromMs, caughtUpAtMs);
      timeline.stalled(this.#stall);
    }
  }

  /** What comes under that SSRC from here on is another stream's. */
  closeStream(ssrc: number): void {
    this.#streams.delete(ssrc);
  }

  /** The voice session is over: no SSRC means anything any more. */
  forgetSsrcs(): void {
    this.#streams.clear();
    this.#names.clear();
  }

  /** Everyone of whom a packet ever came under a name. */
  named(): Iterable<Speaker> {
    return this.#byUser.values();
  }

  /** Everyone of whom something is on disk, in order of the tracks. */
  withTracks(): readonly (Speaker & { readonly track: TrackWriter })[] {
    return [...new Set([...this.#byUser.values(), ...this.#unknown])]
      .filter((speaker): speaker is Speaker & { track: TrackWriter } => speaker.track !== null)
      .sort((a, b) => a.track.file.localeCompare(b.track.file, 'en', { numeric: true }));
  }

  #open(ssrc: number, speaker: Speaker): Stream {
    const stream: Stream = {
      ssrc,
      ledger: new SequenceLedger(),
      jitterBuffer: new JitterBuffer({ settleMs: SETTLE_MS }),
      timeline: new Timeline(),
      waiting: new WaitingFrames(),
      speaker,
      packetSamples: 960,
      suspect: null,
    };
    if (this.#stall !== null) stream.timeline.stalled(this.#stall);
    speaker.streams.push(stream);
    this.#streams.set(ssrc, stream);
    return stream;
  }
}

/** The counts of a speaker's track: the sum over their streams, and the silence that the track was given. */
export function countsOf(speaker: Speaker): TrackCounts {
  const sum = { packets: 0, lost: 0, late: 0, undecryptable: 0, padding: 0, duplicate: 0 };
  for (const { ledger } of speaker.streams) {
    const counts = ledger.counts();
    sum.packets += counts.packets;
    sum.lost += counts.lost;
    sum.late += counts.late;
    sum.undecryptable += counts.undecryptable;
    sum.padding += counts.padding;
    sum.duplicate += counts.duplicate;
  }
  return { ...sum, silenceAdded: speaker.track?.silenceAdded ?? 0 };
}
