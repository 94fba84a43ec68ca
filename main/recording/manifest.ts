import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { strictList } from '../base/strict-list.ts';
import { isTimeZone } from '../base/time-zone.ts';
import { openStretches, stretches } from './stretches.ts';
import { MOST_RUNS } from './track/talk-runs.ts';

/** Larger than any recording's: 1,000 people with 500 comings and goings each make 30 MiB. */
export const MOST_MANIFEST_BYTES = 32 * 1024 * 1024;

/** Most entries of each list, more than any recording has; `present` is of one person. */
export const MOST_ENTRIES = {
  people: 100_000,
  present: 100_000,
  tracks: 10_000,
  gaps: 100_000,
  markers: 100_000,
  pauses: 100_000,
  notices: 10_000,
  ledger: 100_000,
  forgotten: 100_000,
} as const;

/** 2^53 is 5,900 years: a length is any integer that a Number holds. */
const samples = z.int().nonnegative();
const count = z.int().nonnegative();
const text = z.string().max(4_096);
const place = z.looseObject({ id: text, name: text });
const instant = z.iso.datetime({ precision: 3 });

/** Zone of the computer that recorded, at the start (IANA). A name that is no zone counts as absent. */
const timeZone = z.string().refine(isTimeZone).optional().catch(undefined);

const counts = {
  packets: count,
  lost: count,
  late: count,
  undecryptable: count,
  padding: count,
  duplicate: count,
  silenceAdded: samples,
};

const track = z.looseObject({
  /** Null while nobody was named for the voice. */
  userId: text.nullable(),
  name: text,
  /**
   * Only a name in `tracks/`: nothing in it leads to another folder. In NFC, whatever form a synchroniser made of it; the
   * disk may have another.
   */
  file: z
    .string()
    .regex(/^tracks\/[^/\\:\p{Cc}]{1,200}\.opus$/u)
    .normalize('NFC'),
  samples,
  /** Null while recording. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  ...counts,
  /**
   * Where the person speaks, [from, to) in samples, in order. Left out while recording, and in recordings from before
   * this key.
   */
  talk: stretches(MOST_RUNS).optional(),
});

const person = z.looseObject({
  userId: text,
  name: text,
  bot: z.boolean(),
  excluded: z.boolean(),
  /** Stretches of presence; `to` is null while it lasts. */
  present: openStretches(MOST_ENTRIES.present),
});

const rejected = z.looseObject({
  'not-rtp': count,
  'transport-auth': count,
  'payload-type': count,
  'unknown-ssrc': count,
});

const gap = z.looseObject({ reason: text, fromSamples: samples, toSamples: samples });
const marker = z.looseObject({ samples, note: text });

const notice = z.looseObject({
  kind: z.enum(['nickname', 'message', 'sound']),
  channelId: text,
  at: instant,
  samples,
  ok: z.boolean(),
  /** Why it was not given; null when it was. */
  why: text.nullable(),
});

const ledgerEntry = z.looseObject({
  userId: text,
  /** The first notice that reached a channel while the person was in it; null while none has. */
  toldAt: instant.nullable(),
  choice: z.enum(['none', 'agreed', 'refused', 'excluded']),
  choiceAt: instant.nullable(),
  /** Who chose; `operator` also while nobody has. */
  by: z.enum(['operator', 'person']),
});

/** A person was taken out of the recording then; who it was is told nowhere. */
const forgotten = z.looseObject({ at: instant });

/** Who was told of the recording, and who chose what. Every key is missing in recordings from before it. */
const consent = z.looseObject({
  askFirst: z.boolean().optional(),
  /** The operator's explicit choice: nobody was told. */
  none: z.boolean().optional(),
  notices: strictList(notice, MOST_ENTRIES.notices).optional(),
  people: strictList(ledgerEntry, MOST_ENTRIES.ledger).optional(),
  /** Who pressed Stop in the chat; null when nobody did. */
  stoppedBy: text.nullable().optional(),
});

/** Schemas of the parts of a manifest that events carry. */
export const manifestParts = {
  app: text,
  startedAt: instant,
  timeZone,
  guild: place,
  channel: place.extend({ kind: z.enum(['voice', 'stage']) }),
  transport: text,
  consent,
  notice,
  ledgerEntry,
  dave: z.looseObject({ version: count, transitions: count }),
  person,
  track,
  gap,
  marker,
  forgotten,
  samples,
  rejected,
};

export const manifestSchema = z.looseObject({
  schema: z.literal(1),
  state: z.enum(['recording', 'complete', 'recovered']),
  app: manifestParts.app,
  startedAt: manifestParts.startedAt,
  /** Left out in recordings from before this key. */
  timeZone: manifestParts.timeZone,
  /** Null while recording, as is `reason`. */
  stoppedAt: instant.nullable(),
  reason: text.nullable(),
  sampleRate: z.literal(SAMPLE_RATE_HZ),
  samples,
  guild: manifestParts.guild,
  channel: manifestParts.channel,
  transport: manifestParts.transport,
  dave: manifestParts.dave,
  people: strictList(person, MOST_ENTRIES.people),
  tracks: strictList(track, MOST_ENTRIES.tracks),
  rejected,
  /** Faults of our own code, each of which cost a packet. */
  faults: count.optional(),
  gaps: strictList(gap, MOST_ENTRIES.gaps),
  markers: strictList(marker, MOST_ENTRIES.markers),
  pauses: stretches(MOST_ENTRIES.pauses),
  consent: manifestParts.consent,
  /** Left out while nobody was. */
  forgotten: strictList(forgotten, MOST_ENTRIES.forgotten).optional(),
});

/** `recording.json`, schema version 1. Keys that a later version adds are kept. */
export type Manifest = z.infer<typeof manifestSchema>;
/** One track of a manifest. */
export type ManifestTrack = z.infer<typeof track>;

/** Who was told of a recording, and who chose what. */
export type Consent = z.infer<typeof consent>;
export type ManifestNotice = z.infer<typeof notice>;
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** What became of a track's sequence numbers; `silenceAdded` is samples of silence that are nobody's loss. */
export type TrackCounts = Readonly<Record<keyof typeof counts, number>>;

/** The counts of a track without packets. */
export const NO_COUNTS: TrackCounts = {
  packets: 0,
  lost: 0,
  late: 0,
  undecryptable: 0,
  padding: 0,
  duplicate: 0,
  silenceAdded: 0,
};

/** Packets that belong to no track, by reason. */
export type Rejected = Pick<
  Manifest['rejected'],
  'not-rtp' | 'transport-auth' | 'payload-type' | 'unknown-ssrc'
>;

/** No packet was rejected. */
export const NO_REJECTS: Readonly<Rejected> = {
  'not-rtp': 0,
  'transport-auth': 0,
  'payload-type': 0,
  'unknown-ssrc': 0,
};

/** The manifest in `json`, or null when it is no JSON or not of schema 1. */
export function parseManifest(json: string): Manifest | null {
  const result = manifestSchema.safeParse(parseJson(json));
  return result.success ? result.data : null;
}

/** What is wrong with `json` as a manifest, in one line; null when nothing is. */
export function manifestFault(json: string): string | null {
  const value = parseJson(json);
  if (value === undefined) return 'the manifest is not JSON';
  const result = manifestSchema.safeParse(value);
  const [issue] = result.error?.issues ?? [];
  return issue === undefined ? null : `${issue.path.join('.')}: ${issue.message}`;
}

/** Indented, so that a person can read it; ends in a line feed. */
export function writeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
