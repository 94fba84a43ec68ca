import path from 'node:path';
import type {
  AccountSnapshot,
  ChannelSnapshot,
  ExportSnapshot,
  GuildSnapshot,
  SessionSnapshot,
  Snapshot,
} from '../../preload/contract/snapshot.ts';
import type { ChannelView, GuildView } from '../engine/channel-view.ts';
import { diskRoom } from '../engine/disk-room.ts';
import type { Engine, SessionState } from '../engine/engine.ts';
import type { ExportJob } from '../engine/export-jobs.ts';
import { inviteUrl } from '../engine/needed-permissions.ts';
import { presentCount } from '../session/attendance.ts';
import type { Session, SessionView } from '../session/session.ts';
import type { AccountView, Deck } from './deck.ts';
import { toEncryption } from './to-encryption.ts';
import { toGaps, toMarkers } from './to-marks.ts';
import { toSpeakers } from './to-speakers.ts';

/** The state of the engine's session, with what `Needed` names of a session under way. */
export type SessionStateWith<Needed extends keyof Session> =
  | Exclude<SessionState, { readonly kind: 'recording' }>
  | { readonly kind: 'recording'; readonly session: Pick<Session, Needed> };

/** What of the deck a snapshot is made of. */
export interface ShownDeck {
  readonly view: Omit<Deck['view'], 'session'> & { readonly session: SessionStateWith<'view'> };
  readonly engine: Pick<Engine, 'guilds' | 'waitSeconds' | 'libraryFolder'>;
}

/** Everything the window shows. Converted by hand: what the engine knows is not what crosses the border. */
export function toSnapshot(deck: ShownDeck, appVersion: string): Snapshot {
  const { view } = deck;
  const guilds = deck.engine.guilds();
  return {
    appVersion,
    account: toAccount(view.account),
    keyStoreAvailable: view.keyStoreAvailable,
    guilds: guilds.map(toGuild),
    chosenChannelId: view.chosenChannelId,
    session: toSession(view, guilds),
    exports: view.exports.map(toExport),
    waitSeconds: deck.engine.waitSeconds,
    disk: toDisk(view, guilds),
    libraryFolder: deck.engine.libraryFolder,
  };
}

type DeckView = ShownDeck['view'];

function toAccount(account: AccountView): AccountSnapshot {
  switch (account.kind) {
    case 'signed-out':
      return { kind: 'signed-out', problem: account.problem };
    case 'signing-in':
      return { kind: 'signing-in', demo: account.demo };
    case 'signed-in': {
      const { user, applicationId, connection, demo } = account;
      return {
        kind: 'signed-in',
        userId: user.id,
        name: user.name,
        demo,
        inviteUrl: inviteUrl(applicationId),
        connection,
      };
    }
  }
}

function toGuild({ id, name, available, channels, hiddenChannelCount }: GuildView): GuildSnapshot {
  return { id, name, available, channels: channels.map(toChannel), hiddenChannelCount };
}

function toChannel(channel: ChannelView): ChannelSnapshot {
  const { id, name, kind, people, missingPermissions, missingForNotices, full } = channel;
  return {
    id,
    name,
    kind,
    people: people.map(({ userId, name: called, bot, muted }) => ({
      userId,
      name: called,
      bot,
      muted,
    })),
    missingPermissions,
    missingForNotices,
    full,
  };
}

function toSession(view: DeckView, guilds: readonly GuildView[]): SessionSnapshot {
  const { session: state, sessionProblem: problem, ended } = view;
  switch (state.kind) {
    case 'idle':
      return { kind: 'idle', problem, ended };
    case 'joining': {
      const { channelId } = state;
      const channel = guilds.flatMap(({ channels }) => channels).find(({ id }) => id === channelId);
      const { name: channelName, guildName } = channel ?? { name: '', guildName: '' };
      return { kind: 'joining', channelId, channelName, guildName };
    }
    case 'recording':
      return toRecordingSession(state.session.view());
  }
}

function toRecordingSession(session: SessionView): SessionSnapshot {
  const { channel, retrying, people } = session;
  return {
    kind: session.stopping ? 'stopping' : 'recording',
    recordingId: path.basename(session.folder),
    channelId: channel.id,
    channelName: channel.name,
    guildName: channel.guildName,
    startedAtMs: session.startedAtWallMs,
    connection:
      retrying === null
        ? { kind: 'good' }
        : {
            kind: 'retrying',
            sinceMs: retrying.sinceWallMs,
            fromSamples: retrying.fromSamples,
            attempt: retrying.attempt,
          },
    notice: { toldAtMs: session.noticeAtMs, chosenNone: session.noticeAtMs === null },
    encryption: toEncryption(channel.kind, session.encryption),
    deafened: session.deafened,
    pausedAtSamples: session.pausedAtSamples,
    markers: toMarkers(session.markers),
    gaps: toGaps(session.gaps),
    speakers: toSpeakers(session),
    news: session.news,
    peopleCount: presentCount(people),
    bytesWritten: session.bytesWritten,
  };
}

function toExport({ id, request, state, progress, problem }: ExportJob): ExportSnapshot {
  return {
    id,
    recordingId: path.basename(request.recording.folder),
    state,
    fileCount: progress.fileCount,
    filesDone: progress.filesDone,
    progress: progress.fraction,
    currentFile: progress.currentFile,
    folder: request.folder,
    problem,
  };
}

function toDisk(view: DeckView, guilds: readonly GuildView[]): Snapshot['disk'] {
  const { freeBytes, session, chosenChannelId } = view;
  if (freeBytes === null) return null;
  const chosen = guilds
    .flatMap(({ channels }) => channels)
    .find(({ id }) => id === chosenChannelId);
  const people =
    session.kind === 'recording'
      ? presentCount(session.session.view().people)
      : (chosen?.people.length ?? 0);
  const { secondsLeft, low } = diskRoom(freeBytes, people);
  return { freeBytes, secondsLeft, low };
}
