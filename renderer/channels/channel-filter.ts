import type { GuildSnapshot } from '../../preload/contract/snapshot.ts';

/** Servers with the channels whose name, server or people contain the query; all of them for an empty one. */
export function filterGuilds(
  guilds: readonly GuildSnapshot[],
  query: string,
): readonly GuildSnapshot[] {
  const wanted = fold(query.trim());
  if (wanted === '') return guilds;
  return guilds
    .map((guild) => ({
      ...guild,
      hiddenChannelCount: 0,
      channels: guild.channels.filter((channel) =>
        [guild.name, channel.name, ...channel.people.map(({ name }) => name)].some((name) =>
          fold(name).includes(wanted),
        ),
      ),
    }))
    .filter(({ channels }) => channels.length > 0);
}

/** The text without case and accents. */
function fold(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLocaleLowerCase();
}
