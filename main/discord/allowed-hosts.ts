import { isLoopbackHost } from '../network/loopback.ts';

/** Where Discord itself has what its REST API names: the main gateway, new and to resume at, and voice servers. */
const DISCORD_HOSTS = { gateway: '.discord.gg', voice: '.discord.media' } as const;

/** What is connected to at an address that Discord names. */
export type NamedHost = keyof typeof DISCORD_HOSTS;

/**
 * Whether the API at `apiUrl` may send us to `hostname`, with the bot's token or a voice session's: Discord's API to
 * Discord's domain for it, one on loopback to loopback, and any other to its own host only; each at any port. Names as
 * `URL.hostname` writes them.
 */
export function mayName(apiUrl: URL, what: NamedHost, hostname: string): boolean {
  const base = apiUrl.hostname;
  if (base === 'discord.com' || base.endsWith('.discord.com'))
    return hostname.endsWith(DISCORD_HOSTS[what]);
  if (isLoopbackHost(base)) return isLoopbackHost(hostname);
  return hostname === base;
}
