import { once } from 'node:events';
import type { Snowflake } from '../base/snowflake.ts';
import { withLimit } from '../base/wait.ts';
import { DiscordError } from '../discord/discord-error.ts';
import type { Gateway } from '../discord/gateway.ts';
import type { GuildDirectory } from '../discord/guild-directory.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { EngineError } from '../session/engine-error.ts';

/** How long somebody who wants to record waits for a server that Discord has named and does not tell of. */
const GUILD_LIMIT_MS = 60_000;

/** JSON codes of REST: there is no such channel, or the bot may not see it. */
const UNKNOWN_CHANNEL = 10003;
const MISSING_ACCESS = 50001;

/** Where the channel may be told, and whom to ask whether it ever will be. */
export interface ChannelSources {
  readonly gateway: Gateway;
  readonly rest: DiscordRest;
}

/**
 * Waits while the channel may still be told: its server, or where the channel is unknown any server of the bot, is late
 * or in an outage. `onWait` is called once, with the number of such servers, if there is anything to wait for. Throws
 * EngineError `unknown-channel` or `channel-hidden` as soon as REST says so of an unknown one, `guild-unavailable` after
 * 60 s, what closed the gateway, or the signal's reason.
 */
export async function awaitChannel(
  { gateway, rest }: ChannelSources,
  {
    channelId,
    onWait,
  }: { readonly channelId: Snowflake; readonly onWait: (guildCount: number) => void },
  signal: AbortSignal,
): Promise<void> {
  const { directory } = gateway;
  const count = awaitedGuildCount(directory, channelId);
  if (count === 0) return;
  onWait(count);
  const onLimit = (): Error =>
    new EngineError('guild-unavailable', { count: awaitedGuildCount(directory, channelId) });
  const work = async (both: AbortSignal): Promise<void> => {
    const done = new AbortController();
    const either = AbortSignal.any([both, done.signal]);
    const refused =
      directory.guildIdOf(channelId) === null ? refusalOf(rest, channelId, either) : null;
    refused?.catch(() => undefined); // it may come when nobody waits any more
    try {
      while (awaitedGuildCount(directory, channelId) > 0)
        await Promise.race([nextNews(gateway, either), ...(refused === null ? [] : [refused])]);
    } finally {
      done.abort();
    }
  };
  await withLimit({ limitMs: GUILD_LIMIT_MS, onLimit }, work, signal);
}

/** Servers in which the channel is or may be, and of which Discord tells nothing now. */
export function awaitedGuildCount(directory: GuildDirectory, channelId: Snowflake): number {
  const guildId = directory.guildIdOf(channelId);
  if (guildId === null) return directory.guilds().filter(({ available }) => !available).length;
  return directory.guild(guildId)?.available === false ? 1 : 0;
}

/** Rejects with EngineError when REST says that the channel is not there for the bot; else never settles. */
async function refusalOf(
  rest: DiscordRest,
  channelId: Snowflake,
  signal: AbortSignal,
): Promise<never> {
  try {
    await rest.requireChannel(channelId, signal);
  } catch (error) {
    const code = error instanceof DiscordError ? error.apiCode : null;
    if (code === UNKNOWN_CHANNEL) throw new EngineError('unknown-channel');
    if (code === MISSING_ACCESS) throw new EngineError('channel-hidden');
  }
  return new Promise(() => undefined);
}

async function nextNews(gateway: Gateway, signal: AbortSignal): Promise<void> {
  if (gateway.ended !== null) throw gateway.ended;
  const done = new AbortController();
  const either = { signal: AbortSignal.any([signal, done.signal]) };
  const names = ['changed', 'guild-removed', 'closed'] as const;
  try {
    await Promise.race(names.map((name) => once(gateway, name, either)));
  } finally {
    done.abort();
  }
}
