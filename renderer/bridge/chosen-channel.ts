import type { ChannelSnapshot, GuildSnapshot } from '../../preload/contract/snapshot.ts';

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
