import { z } from 'zod';
import { ERROR_CODES } from './error-codes.ts';
import type { Problem } from './error-codes.ts';

/** A failure in snapshots and in answers to commands. */
export const problem = z.strictObject({
  code: z.enum(ERROR_CODES),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
}) satisfies z.ZodType<Problem>;

/** A position or a length in samples of 48 kHz; positions are counted from sample 0 of the recording. */
const samples = z.int().nonnegative();
const count = z.int().nonnegative();
/** Milliseconds since 1970. */
const wallMs = z.number();
const share = z.number().min(0).max(1);

const disk = z.strictObject({
  freeBytes: count,
  /** Until it is full, when everyone who is there goes on speaking. */
  secondsLeft: count,
  /** Whether that is worth a warning. */
  low: z.boolean(),
});

const account = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('signed-out'), problem: problem.nullable() }),
  z.strictObject({ kind: z.literal('signing-in'), demo: z.boolean() }),
  z.strictObject({
    kind: z.literal('signed-in'),
    userId: z.string(),
    name: z.string(),
    demo: z.boolean(),
    inviteUrl: z.string(),
    /** `retrying` while the connection to Discord is lost and tried again. */
    connection: z.enum(['connected', 'retrying']),
  }),
]);

const person = z.strictObject({
  userId: z.string(),
  name: z.string(),
  bot: z.boolean(),
  muted: z.boolean(),
});

const channel = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['voice', 'stage']),
  people: z.array(person),
  /** Without these nothing can be recorded; as Discord shows them: `Connect`, `Send Messages` … */
  missingPermissions: z.array(z.string()),
  /** Of the ways to tell people that they are recorded. */
  missingForNotices: z.array(z.string()),
  /** Set when the channel is full and the bot may not join all the same. */
  full: z.strictObject({ count, limit: count }).nullable(),
});

const guild = z.strictObject({
  id: z.string(),
  name: z.string(),
  available: z.boolean(),
  channels: z.array(channel),
  /** Voice channels that Discord hides from the bot. */
  hiddenChannelCount: count,
});

const connection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('good') }),
  z.strictObject({
    kind: z.literal('retrying'),
    sinceMs: wallMs,
    /** Where it was lost: the same for as long as it lasts. */
    fromSamples: samples,
    attempt: count,
  }),
]);

const privacyCode = z.strictObject({
  /** 30 digits without a space, as everyone in the call sees them in groups of five. */
  code: z.string(),
  /** When the call took this code. */
  sinceMs: wallMs,
});

const codes = {
  /** The newest codes that the calls of this recording have had, oldest first; with `on` the last is the call's. */
  codes: z.array(privacyCode),
  /** Whether there were older ones, which only the recording's events have. */
  hasOlderCodes: z.boolean(),
};

const encryption = z.discriminatedUnion('kind', [
  /** Not encrypted from end to end: `stage` because Discord never does it there. */
  z.strictObject({ kind: z.enum(['stage', 'none']) }),
  /** While the call has no privacy code. */
  z.strictObject({ kind: z.literal('setting-up'), ...codes }),
  z.strictObject({ kind: z.literal('on'), ...codes }),
]);

const marker = z.strictObject({
  /** Counted from 0 over the whole recording: the key of this marker in `session.note-marker`. */
  number: count,
  samples,
  /** Empty while it has none. */
  note: z.string(),
});

/** Samples [from, to) in which nothing was received, or nothing was to be recorded. */
const gap = z.strictObject({
  /** `network`: nothing arrived though the connection stood; `pause`: a person wanted it so. */
  reason: z.enum(['reconnect', 'server-move', 'channel-move', 'network', 'sleep', 'pause']),
  fromSamples: samples,
  toSamples: samples,
});

const speaker = z.strictObject({
  /** `tracks/01-name.opus` once something is on disk: the key of this speaker in level batches. Null before. */
  track: z.string().nullable(),
  /** Null while the name is not known yet. */
  userId: z.string().nullable(),
  name: z.string(),
  present: z.boolean(),
  /** Where this person left; null while present. */
  leftAtSamples: samples.nullable(),
  /** From where on nothing that this person says can be decrypted, also before they have a track; null while it can. */
  undecryptableFromSamples: samples.nullable(),
  /** Lost, late and undecryptable together. */
  lostPackets: count,
  /** Of `lostPackets`, those that came when their place was taken. */
  latePackets: count,
  /** Of `lostPackets`, those that came and could not be decrypted for good. */
  undecryptablePackets: count,
  packets: count,
  /** Shares of the packets of the last minute that were lost, 0 to 1: all, and those that the network lost. */
  recentLoss: z.strictObject({ all: share, onTheWay: share }),
  /** Bar of the tape in which each kind of loss was seen last; null where there was none. */
  lastLossBars: z.strictObject({
    lost: count.nullable(),
    late: count.nullable(),
    undecryptable: count.nullable(),
  }),
});

/** Fields of each piece of news; numbers count from 0 over the whole recording, without a gap. */
const told = { number: count, atMs: wallMs, samples };

const news = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('began'), ...told }),
  /** Who comes or goes within the first seconds belongs to the beginning. */
  z.strictObject({ kind: z.enum(['joined', 'left']), name: z.string(), ...told }),
  z.strictObject({ kind: z.literal('moved'), channelName: z.string(), ...told }),
  /** The connection is lost, or is back; `missingSamples` is what the outage has cost, less what was paused anyway. */
  z.strictObject({ kind: z.literal('lost'), ...told }),
  z.strictObject({ kind: z.literal('back'), missingSamples: samples, ...told }),
  /** Nothing arrived for a while although the connection stood. */
  z.strictObject({ kind: z.enum(['slept', 'unheard']), missingSamples: samples, ...told }),
  z.strictObject({ kind: z.literal('paused'), ...told }),
  z.strictObject({ kind: z.literal('resumed'), pausedSamples: samples, ...told }),
  /** `marker` is its number. */
  z.strictObject({ kind: z.literal('marked'), marker: count, ...told }),
  /** Somebody deafened the bot, or undid it. */
  z.strictObject({ kind: z.enum(['deafened', 'undeafened']), ...told }),
  /** The call took another privacy code in place of one. */
  z.strictObject({ kind: z.literal('code-changed'), ...told }),
  /** From here on somebody cannot be decrypted; not told again until everybody can. */
  z.strictObject({ kind: z.literal('undecryptable'), ...told }),
]);

const recordingSession = z.strictObject({
  kind: z.enum(['recording', 'stopping']),
  recordingId: z.string(),
  channelId: z.string(),
  channelName: z.string(),
  guildName: z.string(),
  /** Wall clock at sample 0. */
  startedAtMs: wallMs,
  connection,
  notice: z.strictObject({ toldAtMs: wallMs.nullable(), chosenNone: z.boolean() }),
  encryption,
  /** Somebody deafened the bot: Discord sends it nothing. */
  deafened: z.boolean(),
  /** Where the pause that lasts began; null while nothing is paused. */
  pausedAtSamples: samples.nullable(),
  /** The newest markers, oldest first. */
  markers: z.array(marker),
  /** The newest stretches without sound that are over, in the order in which they ended. */
  gaps: z.array(gap),
  /** In order of first appearance. */
  speakers: z.array(speaker),
  /** The newest of what happened, oldest first. */
  news: z.array(news),
  /** People in the channel, the bot itself left out. */
  peopleCount: count,
  bytesWritten: count,
});

const session = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('idle'),
    /** Why the last session did not begin, or ended by itself. */
    problem: problem.nullable(),
    /** The recording that was closed last. Null when none was, and again after `session.dismiss-outcome`. */
    ended: z.strictObject({ recordingId: z.string(), samples }).nullable(),
  }),
  z.strictObject({
    kind: z.literal('joining'),
    channelId: z.string(),
    channelName: z.string(),
    guildName: z.string(),
  }),
  recordingSession,
]);

const exportJob = z.strictObject({
  id: z.string(),
  recordingId: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  fileCount: count,
  filesDone: count,
  /** 0 to 1 over all files. */
  progress: z.number().min(0).max(1),
  /** Name of the file being written; null before the first. */
  currentFile: z.string().nullable(),
  folder: z.string(),
  problem: problem.nullable(),
});

/**
 * What the window shows, as plain data, replaced whole on every change. What is long or changes often has events of its
 * own: the recordings of the library (library.ts) and levels (event-schemas.ts).
 */
export const snapshot = z.strictObject({
  appVersion: z.string(),
  account,
  /** False where the system has no safe place for the token: it is then kept in memory until the app quits. */
  keyStoreAvailable: z.boolean(),
  guilds: z.array(guild),
  chosenChannelId: z.string().nullable(),
  session,
  exports: z.array(exportJob),
  /** How long Discord asked us to wait, while that lasts and is more than a few seconds; else null. */
  waitSeconds: count.nullable(),
  /** Of the library's disk; null when not known yet. */
  disk: disk.nullable(),
  libraryFolder: z.string(),
});

/** The type of a schema's value for its receiver: readonly throughout. */
export type Told<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Told<Value[Key]> }
  : Value;

export type Snapshot = Told<z.output<typeof snapshot>>;
export type AccountSnapshot = Told<z.output<typeof account>>;
export type GuildSnapshot = Told<z.output<typeof guild>>;
export type ChannelSnapshot = Told<z.output<typeof channel>>;
export type PersonSnapshot = Told<z.output<typeof person>>;
export type SessionSnapshot = Told<z.output<typeof session>>;
export type RecordingSessionSnapshot = Told<z.output<typeof recordingSession>>;
export type EncryptionSnapshot = Told<z.output<typeof encryption>>;
export type PrivacyCodeSnapshot = Told<z.output<typeof privacyCode>>;
export type MarkerSnapshot = Told<z.output<typeof marker>>;
export type GapSnapshot = Told<z.output<typeof gap>>;
export type NewsSnapshot = Told<z.output<typeof news>>;
export type SpeakerSnapshot = Told<z.output<typeof speaker>>;
export type ExportSnapshot = Told<z.output<typeof exportJob>>;
