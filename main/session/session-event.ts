import type { Snowflake } from '../base/snowflake.ts';
import type { LinkEnd, LinkGapReason } from '../link/link-end.ts';
import type { NoticeKind } from '../notice/notices.ts';
import type { OutageReason } from '../receive/outage-watch.ts';
import type { ManifestTrack, TrackCounts } from '../recording/manifest.ts';
import type { RecordingEvent } from '../recording/recording-event.ts';
import type { Choice } from './choices.ts';

/** Why a recording ended: the reasons of a `stopped` event, in the manifest too. */
export type StopReason =
  'user' | 'asked' | 'duration' | 'everyone-left' | 'moved' | LinkEnd | 'disk-full' | 'disk-error';

/** Why nothing was recorded for a stretch: the reasons of a `gap` event. */
export type GapReason = LinkGapReason | OutageReason | 'pause';

/** An event that a session tells its recording. The reason of a gap, any text in the log, is one of ours here. */
export type ToldEvent =
  | Exclude<RecordingEvent, { event: 'gap' }>
  | (Extract<RecordingEvent, { event: 'gap' }> & { readonly reason: GapReason });

/** Things a person should know while the recording goes on. */
export type WarningCode =
  | 'server-deafened'
  | 'packet-fault'
  | 'nothing-arrives'
  | 'nothing-opens'
  | 'region-advised'
  | 'guild-late'
  | 'e2ee-failing'
  | 'running-elsewhere'
  | 'cannot-give-notice'
  | 'disk-low'
  | 'export-cancelled';

interface SessionEvents {
  connected: { readonly user: { readonly id: Snowflake; readonly name: string } };
  joined: {
    readonly guildId: Snowflake;
    readonly channelId: Snowflake;
    /** The server's own name of the transport mode. */
    readonly mode: string;
    /** 0 when the call has no end-to-end encryption. */
    readonly daveVersion: number;
    /** Absolute path of the recording's folder. */
    readonly recording: string;
  };
  /** People were told in one way, or could not be. */
  notice: { readonly kind: NoticeKind; readonly channelId: Snowflake; readonly ok: boolean };
  present: {
    readonly userId: Snowflake;
    readonly name: string;
    readonly bot: boolean;
    readonly excluded: boolean;
  };
  speaker: {
    readonly userId: Snowflake | null;
    readonly name: string;
    /** `tracks/01-name.opus` */
    readonly track: string;
  };
  left: { readonly userId: Snowflake; readonly name: string };
  /** From here on somebody is left out, or no longer. */
  excluded: Choice;
  e2ee: {
    readonly version: number;
    readonly epoch: number | null;
    readonly privacyCode: string | null;
  };
  moved: { readonly channelId: Snowflake; readonly channelName: string };
  gap: { readonly reason: GapReason; readonly fromSamples: number; readonly toSamples: number };
  warning: { readonly code: WarningCode; readonly message: string };
  stopped: {
    readonly reason: StopReason;
    readonly samples: number;
    readonly tracks: readonly StoppedTrack[];
  };
}

/** A track of a recording that has ended; `samples` is its length, `file` is relative to the recording's folder. */
export interface StoppedTrack extends TrackCounts {
  readonly userId: Snowflake | null;
  readonly name: string;
  readonly file: string;
  readonly samples: number;
}

/** A track of the manifest as the `stopped` event tells it. */
export function toStoppedTrack(track: ManifestTrack): StoppedTrack {
  const { userId, name, file, samples, packets, lost, late } = track;
  const { undecryptable, padding, duplicate, silenceAdded } = track;
  const counts = { packets, lost, late, undecryptable, padding, duplicate, silenceAdded };
  return { userId, name, file, samples, ...counts };
}

export type SessionEventName = keyof SessionEvents;

/** One event of a recording: exactly the object that `record --json` prints. `at` is ISO 8601 in UTC. */
export type SessionEvent<Name extends SessionEventName = SessionEventName> = {
  [Key in Name]: { readonly event: Key; readonly at: string } & SessionEvents[Key];
}[Name];

/** An event before `at` is added. */
export type UntimedSessionEvent = {
  [Key in SessionEventName]: { readonly event: Key } & SessionEvents[Key];
}[SessionEventName];

/** What `record --json` prints of an event of the log; null where it prints nothing, or another event says it. */
export function toSessionEvent(event: ToldEvent, folder: string): UntimedSessionEvent | null {
  switch (event.event) {
    case 'joined': {
      const { guildId, channelId, mode, daveVersion } = event;
      return { event: 'joined', guildId, channelId, mode, daveVersion, recording: folder };
    }
    case 'present': {
      const { userId, name, bot, excluded } = event;
      return { event: 'present', userId, name, bot, excluded };
    }
    case 'notice':
      return { event: 'notice', kind: event.kind, channelId: event.channelId, ok: event.ok };
    case 'left':
      return { event: 'left', userId: event.userId, name: event.name };
    case 'excluded': {
      const { userId, excluded, by } = event;
      return { event: 'excluded', userId, excluded, by };
    }
    case 'e2ee': {
      const { version, epoch, privacyCode } = event;
      return { event: 'e2ee', version, epoch, privacyCode };
    }
    case 'moved':
      return { event: 'moved', channelId: event.channelId, channelName: event.channelName };
    case 'gap': {
      const { reason, fromSamples, toSamples } = event;
      return { event: 'gap', reason, fromSamples, toSamples };
    }
    case 'recording':
    case 'started':
    case 'manifest':
    case 'track':
    case 'removed':
    case 'talkspurt':
    case 'loss':
    case 'named':
    case 'marker':
    case 'asked':
    case 'pause':
    case 'resume':
    case 'stopped':
    case 'recovered':
    case 'forgotten':
      return null;
  }
}
