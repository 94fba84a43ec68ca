import { once } from 'node:events';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { sleep } from '../base/wait.ts';
import { daveVersionSpoken } from '../dave/mls-backend.ts';
import { DiscordError } from '../discord/discord-error.ts';
import type { Gateway } from '../discord/gateway.ts';
import type { LinkGateway } from './link-gateway.ts';
import type { ChannelPeople } from '../voice/handshake.ts';
import { VoiceConnection } from '../voice/voice-connection.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import type { VoiceFeed } from './voice-feed.ts';

/** Before joining a second time: Discord takes a leave and a join for one when they follow too closely. */
const SECOND_TRY_MS = 1_000;

/** What a voice connection is made of, beside the credentials that Discord gives for each. */
export interface LinkContext {
  readonly gateway: LinkGateway;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether people are to hear us: Discord sends on nothing of whoever joins muted. False when absent. */
  readonly isHeard?: boolean;
  /**
   * Asks Discord in which channel of that guild we are; null: in none. Throws DiscordError, or the signal's reason. Only
   * the main gateway's events tell when absent.
   */
  readonly askOwnChannel?: (guildId: Snowflake, signal: AbortSignal) => Promise<Snowflake | null>;
}

/** The same, for a session, which asks the main gateway for more. */
export interface VoiceContext extends LinkContext {
  readonly gateway: Gateway;
}

/**
 * Connects to the voice server that Discord named. Throws VoiceError or the signal's reason; leaves nothing open then.
 */
export async function openVoice(
  context: LinkContext,
  { server, feed }: { server: VoiceServer; feed: VoiceFeed },
  signal: AbortSignal,
): Promise<VoiceConnection> {
  const { gateway, log, clock } = context;
  gateway.useVoice(server);
  const options = {
    server,
    maxDaveVersion: daveVersionSpoken(),
    log: log.child('voice'),
    clock,
    media: feed,
    control: feed,
    people: peopleOf(gateway),
  };
  try {
    return await VoiceConnection.open(options, signal);
  } catch (error) {
    gateway.releaseVoice(server.guildId);
    throw error;
  }
}

function peopleOf(gateway: LinkGateway): ChannelPeople {
  return {
    in: (channelId) =>
      (gateway.directory.channel(channelId)?.people ?? []).map(({ userId }) => userId),
    subscribe(listener) {
      gateway.on('voice-state', listener);
      return () => gateway.off('voice-state', listener);
    },
  };
}

/** The channel to join. */
interface JoinTarget {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
}

/**
 * Joins the channel, a second time when Discord does not answer. Gives the voice server that Discord names. Throws
 * DiscordError, after having left the channel again, or the signal's reason.
 */
export async function joinVoice(
  { gateway, isHeard = false }: LinkContext,
  { guildId, channelId }: JoinTarget,
  signal: AbortSignal,
): Promise<VoiceServer> {
  const target = { guildId, channelId, selfMute: !isHeard };
  try {
    return await gateway.joinVoice(target, signal);
  } catch (error) {
    if (!(error instanceof DiscordError) || error.reason !== 'join-timeout') throw error;
    await sleep(SECOND_TRY_MS, signal);
    return gateway.joinVoice(target, signal);
  }
}

/**
 * Joins the channel, and connects to the voice server that Discord names. Throws DiscordError, VoiceError or the
 * signal's reason, after having left the channel again.
 */
export async function joinChannel(
  context: LinkContext,
  target: JoinTarget & { readonly feed: VoiceFeed },
  signal: AbortSignal,
): Promise<VoiceConnection> {
  try {
    const server = await joinVoice(context, target, signal);
    return await openVoice(context, { server, feed: target.feed }, signal);
  } catch (error) {
    context.gateway.leaveVoice(target.guildId);
    throw error;
  }
}

/** Resolves once the main gateway is connected and has caught up with what it missed. */
export async function gatewayBack(gateway: LinkGateway, signal: AbortSignal): Promise<void> {
  while (gateway.connection !== 'connected') await once(gateway, 'connection', { signal });
}
