import { z } from 'zod';
import { strictList } from '../base/strict-list.ts';
import { manifestParts, manifestSchema, MOST_ENTRIES } from './manifest.ts';

const text = z.string().max(4_096);
const number = z.int().nonnegative();
const { samples, track, person, gap, notice, ledgerEntry, forgotten } = manifestParts;

/** What the event tells that closes a recording, and no event before it. */
const ending = {
  samples,
  tracks: strictList(track, MOST_ENTRIES.tracks),
  rejected: manifestParts.rejected,
  faults: number,
  dave: manifestParts.dave,
};

/**
 * Every event of `events.jsonl` but its `at`, which the log adds where the event has none. `samples` is where on the recording it happened. The
 * manifest is the fold of these events (`ManifestFold`); a reader passes over events that it does not know.
 */
const recordingEvent = z.discriminatedUnion('event', [
  /** The first event: what is known before sample 0. */
  z.object({
    event: z.literal('recording'),
    samples,
    app: manifestParts.app,
    startedAt: manifestParts.startedAt,
    timeZone: manifestParts.timeZone,
    guild: manifestParts.guild,
    channel: manifestParts.channel,
    transport: manifestParts.transport,
    consent: manifestParts.consent,
  }),
  /** Sample 0 was at that time of day. */
  z.object({ event: z.literal('started'), samples, startedAt: manifestParts.startedAt }),
  z.object({
    event: z.literal('joined'),
    samples,
    guildId: text,
    channelId: text,
    mode: text,
    daveVersion: number,
  }),
  z.object({ event: z.literal('moved'), samples, channelId: text, channelName: text }),
  /** The end-to-end encryption of the call is in that state; `transitions` of all its voice sessions together. */
  z.object({
    event: z.literal('e2ee'),
    samples,
    version: number,
    epoch: number.nullable(),
    privacyCode: text.nullable(),
    transitions: number,
  }),
  z.object({
    event: z.literal('present'),
    samples,
    userId: person.shape.userId,
    name: person.shape.name,
    bot: z.boolean().default(false),
    excluded: z.boolean().default(false),
    /** Whose choice leaves the person out; the operator's where it is missing. */
    by: ledgerEntry.shape.by.optional(),
    /** The first notice that had reached the person by then; null where none had. */
    toldAt: ledgerEntry.shape.toldAt.optional(),
  }),
  /** From here on somebody is left out, or no longer; present or not. */
  z.object({
    event: z.literal('excluded'),
    samples,
    userId: person.shape.userId,
    excluded: z.boolean(),
    by: ledgerEntry.shape.by,
  }),
  /** People were told in one way, or could not be; `at` is when. Told to whoever is in the channel. */
  z.object({
    event: z.literal('notice'),
    samples,
    at: notice.shape.at,
    kind: notice.shape.kind,
    channelId: notice.shape.channelId,
    ok: notice.shape.ok,
    why: notice.shape.why,
  }),
  /** Discord told the name of somebody who has been here under the id in its place. */
  z.object({
    event: z.literal('named'),
    samples,
    userId: person.shape.userId,
    name: person.shape.name,
  }),
  z.object({
    event: z.literal('left'),
    samples,
    userId: person.shape.userId,
    name: person.shape.name,
  }),
  /** A track begins, or the person of an unknown one became known. */
  z.object({
    event: z.literal('track'),
    samples,
    file: track.shape.file,
    userId: track.shape.userId,
    name: track.shape.name,
  }),
  /** A track is no part of the recording any more, at the wish of its person, and its file is removed. */
  z.object({
    event: z.literal('removed'),
    samples,
    file: track.shape.file,
    /** Left out in recordings from before this key. */
    userId: track.shape.userId.optional(),
  }),
  /** The raw facts of a talkspurt's first packet, from which its place can be worked out anew. */
  z.object({
    event: z.literal('talkspurt'),
    samples: z.int(),
    track: text,
    ssrc: number,
    sequence: z.int(),
    timestamp: number,
    arrivedAtSamples: z.int(),
  }),
  /** `count` packets right before number `sequence` were lost. */
  z.object({
    event: z.literal('loss'),
    samples: z.int(),
    track: text,
    ssrc: number,
    sequence: z.int(),
    count: number,
  }),
  /** Told when the gap is over; `samples` is `fromSamples`. */
  z.object({
    event: z.literal('gap'),
    samples,
    reason: gap.shape.reason,
    fromSamples: samples,
    toSamples: samples,
  }),
  z.object({ event: z.literal('pause'), samples }),
  z.object({ event: z.literal('resume'), samples }),
  /**
   * Told again with the same `number` when the note changes; without a number, in old recordings, `samples` tells
   * markers apart.
   */
  z.object({ event: z.literal('marker'), samples, number: number.optional(), note: text }),
  /** Somebody pressed Stop in the chat. */
  z.object({ event: z.literal('asked'), samples, userId: text }),
  /** The whole manifest so far, in place of all that events told before. */
  z.object({ event: z.literal('manifest'), samples, manifest: manifestSchema }),
  /** Closed by the process that recorded. */
  z.object({ event: z.literal('stopped'), reason: text, ...ending }),
  /** Closed after a crash, by whoever opened it. */
  z.object({ event: z.literal('recovered'), ...ending }),
  /** A person was taken out of the closed recording, and of the events before; `at` is when. Nothing says who it was. */
  z.object({ event: z.literal('forgotten'), samples, at: forgotten.shape.at }),
]);

/** One event of a recording, as it is told, logged and folded. */
export type RecordingEvent = z.infer<typeof recordingEvent>;

/**
 * The line as one of our events; null for an event of another name, or a damaged one. In older recordings `stopped`
 * holds the whole manifest: it is taken as a `manifest` event.
 */
export function toRecordingEvent(logged: Readonly<Record<string, unknown>>): RecordingEvent | null {
  const isWhole = logged['event'] === 'stopped' && 'manifest' in logged;
  return recordingEvent.safeParse(isWhole ? { ...logged, event: 'manifest' } : logged).data ?? null;
}
