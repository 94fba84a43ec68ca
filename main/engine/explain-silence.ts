import type { Snowflake } from '../base/snowflake.ts';
import { toError } from '../base/errors.ts';
import { DiscordError } from '../discord/discord-error.ts';
import type { GuildDirectory } from '../discord/guild-directory.ts';
import { EngineError } from '../session/engine-error.ts';
import { awaitedGuildCount } from './await-channel.ts';
import { findChannel } from './preflight.ts';

/** The most likely cause of a join that Discord never answered, as an error; any other error as it is. */
export function explainSilence(
  thrown: unknown,
  directory: GuildDirectory,
  channelId: Snowflake,
): Error {
  if (!(thrown instanceof DiscordError) || thrown.reason !== 'join-timeout') return toError(thrown);
  const options = { cause: thrown };
  const count = awaitedGuildCount(directory, channelId);
  if (count > 0) return new EngineError('guild-unavailable', { count }, options);
  try {
    const channel = findChannel(directory, { channelId, notice: 'none' });
    const { name, kind, people, videoLimit: limit } = channel;
    const isFilmed = kind === 'voice' && people.some(({ hasCamera }) => hasCamera);
    if (isFilmed && limit > 0 && people.length >= limit) {
      const details = { channel: name, limit, count: people.length };
      return new EngineError('video-limit', details, options);
    }
    if (channel.ageRestricted) return new EngineError('age-restricted', { channel: name }, options);
    return thrown;
  } catch (obstacle) {
    return toError(obstacle); // it came up while we waited for the answer
  }
}
