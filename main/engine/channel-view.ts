import type { ChannelInfo, GuildInfo } from '../discord/guild-directory.ts';
import { joinObstacle } from '../discord/join-check.ts';
import type { PersonInfo } from '../discord/voice-state.ts';
import { missingToRecord } from './needed-permissions.ts';

/** A channel as somebody who wants to record it sees it. */
export interface ChannelView extends Pick<
  ChannelInfo,
  'id' | 'name' | 'kind' | 'guildId' | 'guildName'
> {
  /** Everyone in it but the bot itself. */
  readonly people: readonly PersonInfo[];
  /** Without these nothing can be recorded, by the names that Discord shows. */
  readonly missingPermissions: readonly string[];
  /** Of the ways to tell people, which block only when none is left. */
  readonly missingForNotices: readonly string[];
  /** Set when it is full and the bot may not join all the same. */
  readonly full: { readonly count: number; readonly limit: number } | null;
}

export interface GuildView extends Pick<
  GuildInfo,
  'id' | 'name' | 'available' | 'hiddenChannelCount'
> {
  readonly channels: readonly ChannelView[];
}

export function toGuildView(guild: GuildInfo, botUserId: string): GuildView {
  const { id, name, available, hiddenChannelCount } = guild;
  const channels = guild.channels.map((channel) => toChannelView(channel, botUserId));
  return { id, name, available, hiddenChannelCount, channels };
}

function toChannelView(channel: ChannelInfo, botUserId: string): ChannelView {
  const { id, name, kind, guildId, guildName } = channel;
  const obstacle = joinObstacle(channel);
  const { needed, ofNotices } = missingToRecord(channel.permissions);
  return {
    id,
    name,
    kind,
    guildId,
    guildName,
    people: channel.people.filter(({ userId }) => userId !== botUserId),
    missingPermissions: needed,
    missingForNotices: ofNotices,
    full: obstacle?.kind === 'full' ? { count: obstacle.count, limit: obstacle.limit } : null,
  };
}
