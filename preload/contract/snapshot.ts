import type { Problem } from './error-codes.ts';

/** Everything the window shows, as plain data, replaced whole on every change. Levels come apart, in events.ts. */
export interface Snapshot {
  readonly appVersion: string;
  readonly account: AccountSnapshot;
  /** False where the system has no safe place for the token: it is then kept in memory until the app quits. */
  readonly keyStoreAvailable: boolean;
  readonly guilds: readonly GuildSnapshot[];
  readonly chosenChannelId: string | null;
  readonly session: SessionSnapshot;
  /** Newest first. */
  readonly recordings: readonly RecordingSnapshot[];
  readonly exports: readonly ExportSnapshot[];
  /** How long Discord asked us to wait, while that lasts and is more than a few seconds; else null. */
  readonly waitSeconds: number | null;
  /** Of the library's disk; null when not known yet. */
  readonly disk: DiskSnapshot | null;
  readonly libraryFolder: string;
}

export interface DiskSnapshot {
  readonly freeBytes: number;
  /** Until it is full, when everyone who is there goes on speaking. */
  readonly secondsLeft: number;
  /** Whether that is worth a warning. */
  readonly low: boolean;
}

export type AccountSnapshot =
  | { readonly kind: 'signed-out'; readonly problem: Problem | null }
  | { readonly kind: 'signing-in'; readonly demo: boolean }
  | {
      readonly kind: 'signed-in';
      readonly userId: string;
      readonly name: string;
      readonly demo: boolean;
      readonly inviteUrl: string;
      /** `retrying` while the connection to Discord is lost and tried again. */
      readonly connection: 'connected' | 'retrying';
    };

export interface GuildSnapshot {
  readonly id: string;
  readonly name: string;
  readonly available: boolean;
  readonly channels: readonly ChannelSnapshot[];
  /** Voice channels that Discord hides from the bot. */
  readonly hiddenChannelCount: number;
}

export interface ChannelSnapshot {
  readonly id: string;
  readonly name: string;
  readonly kind: 'voice' | 'stage';
  readonly people: readonly PersonSnapshot[];
  /** As Discord shows them: `Connect`, `Send Messages` …; empty when nothing is missing. */
  readonly missingPermissions: readonly string[];
  /** Set when the channel is full and the bot may not join all the same. */
  readonly full: { readonly count: number; readonly limit: number } | null;
}

export interface PersonSnapshot {
  readonly userId: string;
  readonly name: string;
  readonly bot: boolean;
  readonly muted: boolean;
}

export type SessionSnapshot =
  | { readonly kind: 'idle'; readonly problem: Problem | null }
  | {
      readonly kind: 'joining';
      readonly channelId: string;
      readonly channelName: string;
      readonly guildName: string;
    }
  | RecordingSessionSnapshot;

export interface RecordingSessionSnapshot {
  readonly kind: 'recording' | 'stopping';
  readonly recordingId: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly guildName: string;
  /** Wall clock at sample 0, milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly connection: ConnectionSnapshot;
  readonly notice: { readonly chatAtMs: number | null; readonly chosenNone: boolean };
  readonly encryption: EncryptionSnapshot;
  /** Somebody deafened the bot: Discord sends it nothing. */
  readonly deafened: boolean;
  /** Where the pause that lasts began, in samples from sample 0; null while nothing is paused. */
  readonly pausedAtSamples: number | null;
  /** The newest markers, oldest first. */
  readonly markers: readonly MarkerSnapshot[];
  /** The newest stretches without sound that are over, in the order in which they ended. */
  readonly gaps: readonly GapSnapshot[];
  /** In order of first appearance. */
  readonly speakers: readonly SpeakerSnapshot[];
  /** People in the channel, the bot itself left out. */
  readonly peopleCount: number;
  readonly bytesWritten: number;
}

export type EncryptionSnapshot =
  /** Not encrypted from end to end: `stage` because Discord never does it there. */
  | { readonly kind: 'stage' | 'none' }
  | {
      /** `setting-up` while the call has no privacy code; with one, `on`. */
      readonly kind: 'setting-up' | 'on';
      /** The newest codes that the calls of this recording have had, oldest first; with `on` the last is the call's. */
      readonly codes: readonly PrivacyCodeSnapshot[];
      /** Whether there were older ones, which only the recording's events have. */
      readonly hasOlderCodes: boolean;
    };

export interface PrivacyCodeSnapshot {
  /** 30 digits without a space, as everyone in the call sees them in groups of five. */
  readonly code: string;
  /** When the call took this code, milliseconds since 1970. */
  readonly sinceMs: number;
}

export type ConnectionSnapshot =
  | { readonly kind: 'good' }
  | { readonly kind: 'retrying'; readonly sinceMs: number; readonly attempt: number };

export interface MarkerSnapshot {
  /** Counted from 0 over the whole recording: the key of this marker in `session.note-marker`. */
  readonly number: number;
  /** Samples from sample 0. */
  readonly samples: number;
  /** Empty while it has none. */
  readonly note: string;
}

/** Samples [from, to) of which nothing was received, or nothing was to be kept. */
export interface GapSnapshot {
  /** `network`: nothing arrived though the connection stood; `pause`: a person wanted it so. */
  readonly reason: 'reconnect' | 'server-move' | 'channel-move' | 'network' | 'sleep' | 'pause';
  readonly fromSamples: number;
  readonly toSamples: number;
}

export interface SpeakerSnapshot {
  /** `tracks/01-name.opus` once something is on disk: the key of this speaker in level batches. Null before. */
  readonly track: string | null;
  /** Null while the name is not known yet. */
  readonly userId: string | null;
  readonly name: string;
  readonly present: boolean;
  /** Samples from sample 0 to where this person left; null while present. */
  readonly leftAtSamples: number | null;
  /** What this person says cannot be decrypted just now; also before they have a track. */
  readonly cannotDecrypt: boolean;
  /** Lost, late and undecryptable together. */
  readonly lostPackets: number;
  /** Of `lostPackets`, those that came when their place was taken. */
  readonly latePackets: number;
  /** Of `lostPackets`, those that came and could not be decrypted for good. */
  readonly undecryptablePackets: number;
  readonly packets: number;
}

export interface RecordingSnapshot {
  /** Opaque: only handed back in commands. */
  readonly id: string;
  readonly guildName: string;
  readonly channelName: string;
  readonly startedAtMs: number;
  readonly samples: number;
  readonly state: 'complete' | 'recovered' | 'recording';
  readonly sizeBytes: number;
  readonly lostPackets: number;
  readonly tracks: readonly TrackSnapshot[];
}

export interface TrackSnapshot {
  /** `tracks/01-name.opus`, also the key of this track in `export.start`. */
  readonly file: string;
  readonly userId: string | null;
  readonly name: string;
  /** Where this person spoke: pairs of samples [from, to), for the talk map; empty when not known. */
  readonly talk: readonly (readonly [number, number])[];
}

export interface ExportSnapshot {
  readonly id: string;
  readonly recordingId: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly fileCount: number;
  readonly filesDone: number;
  /** 0 to 1 over all files. */
  readonly progress: number;
  /** Name of the file being written; null before the first. */
  readonly currentFile: string | null;
  readonly folder: string;
  readonly problem: Problem | null;
}
