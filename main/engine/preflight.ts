import { daveVersionSpoken } from '../dave/mls-backend.ts';
import { joinObstacle } from '../discord/join-check.ts';
import type { ChannelInfo, GuildDirectory } from '../discord/guild-directory.ts';
import { LEAST_FREE_BYTES, tooLittleSpace } from '../recording/free-space.ts';
import { EngineError } from '../session/engine-error.ts';
import { missingToRecord } from './needed-permissions.ts';

/** What is to be recorded, and how people are told. */
export interface Preflight {
  readonly channelId: string;
  readonly notice: 'given' | 'none';
}

/** The channel to record. Throws EngineError when it cannot be recorded, with everything a sentence about it needs. */
export function findChannel(directory: GuildDirectory, wanted: Preflight): ChannelInfo {
  const channel = directory.channel(wanted.channelId);
  if (channel === null) {
    const kind = directory.channelKind(wanted.channelId);
    throw new EngineError(kind === null ? 'unknown-channel' : 'not-a-voice-channel');
  }
  const obstacle = joinObstacle(channel);
  const details = { channel: channel.name };
  switch (obstacle?.kind) {
    case 'hidden':
      throw new EngineError('channel-hidden');
    case 'permission-missing':
      throw new EngineError('permission-missing', {
        ...details,
        permission: obstacle.permissions.join(', '),
      });
    case 'full':
      throw new EngineError('channel-full', {
        ...details,
        count: obstacle.count,
        limit: obstacle.limit,
      });
    case undefined:
      break;
  }
  if (wanted.notice === 'given') {
    const { needed } = missingToRecord(channel.permissions);
    const permission = needed.join(', ');
    if (permission !== '')
      throw new EngineError('cannot-give-notice', { ...details, why: 'permission', permission });
  }
  return channel;
}

/** Throws EngineError where Discord would close with 4017: stages alone have no end-to-end encryption. */
export function requireEncryption({ kind }: ChannelInfo): void {
  if (kind === 'voice' && daveVersionSpoken() === 0) throw new EngineError('e2ee-unavailable');
}

/** Throws EngineError when the disk of the library has less free than a recording needs to begin; unknown is enough. */
export async function requireRoom(
  libraryFolder: string,
  freeBytesOf: (folder: string) => Promise<number | null>,
): Promise<void> {
  const room = { freeBytes: await freeBytesOf(libraryFolder), neededBytes: LEAST_FREE_BYTES };
  const tooLittle = tooLittleSpace(libraryFolder, room);
  if (tooLittle !== null) throw new EngineError('disk-full', tooLittle);
}

/**
 * True when a voice state of our bot stands in that server under another session than ours: another Tapedeck with the
 * same token, or what Discord still shows of one that died.
 */
export function isElsewhere(
  directory: GuildDirectory,
  own: { readonly guildId: string; readonly userId: string; readonly sessionId: string },
): boolean {
  const people = directory.guild(own.guildId)?.channels.flatMap((channel) => channel.people) ?? [];
  return people.some(
    ({ userId, sessionId }) =>
      userId === own.userId && sessionId !== null && sessionId !== own.sessionId,
  );
}
