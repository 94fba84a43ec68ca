import type { ChannelSnapshot, GuildSnapshot } from '../../preload/contract/snapshot.ts';
import { listOf } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';

export interface ChosenChannel {
  readonly guild: GuildSnapshot;
  readonly channel: ChannelSnapshot;
}

/** The channel with that id and its server; null when there is none. */
export function chosenChannel(
  guilds: readonly GuildSnapshot[],
  channelId: string | null,
): ChosenChannel | null {
  for (const guild of guilds) {
    const channel = guild.channels.find(({ id }) => id === channelId);
    if (channel !== undefined) return { guild, channel };
  }
  return null;
}

/** Why the bot cannot record there, with the cure; null when it can. */
export function reasonAgainst({ missingPermissions, full }: ChannelSnapshot): string | null {
  const [first] = missingPermissions;
  if (first === 'Connect') return text('channels.reason.connect');
  if (first !== undefined) {
    return text('channels.reason.permission', {
      count: missingPermissions.length,
      permissions: permissionList(missingPermissions),
    });
  }
  return full === null ? null : text('channels.reason.full', full);
}

/** `“Connect” and “Send Messages”`. */
export function permissionList(permissions: readonly string[]): string {
  return listOf(permissions.map((permission) => `“${permission}”`));
}
