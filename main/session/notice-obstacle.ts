import type { Snowflake } from '../base/snowflake.ts';
import { DiscordError } from '../discord/discord-error.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import { missingPermissions, PERMISSIONS } from '../discord/permissions.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';

/** AutoMod, the filter of explicit content, harmful links (Discord: JSON error codes). */
const MODERATION_CODES: readonly (number | null)[] = [20009, 200000, 240000];

/** Why Discord did not take the message, for the sentence of `cannot-give-notice`. */
export function noticeObstacle(failure: Error | null): Problem['details'] {
  const { httpStatus, apiCode } = failure instanceof DiscordError ? failure : NO_ANSWER;
  if (MODERATION_CODES.includes(apiCode)) return { why: 'moderation' };
  if (httpStatus === 403 && apiCode !== null)
    return { why: 'permission', permission: PERMISSIONS.sendMessages.label };
  if (httpStatus === null) return { why: 'unanswered' };
  const answer = apiCode === null ? String(httpStatus) : `${String(httpStatus)}/${String(apiCode)}`;
  return { why: httpStatus >= 500 || httpStatus === 429 ? 'trouble' : 'refused', answer };
}

const NO_ANSWER = { httpStatus: null, apiCode: null };

/** Why nobody in that channel hears what we say; null when they do, as far as Discord has told. */
export function unheardIn(channel: ChannelInfo | null, ownId: Snowflake): Error | null {
  if (channel === null) return null;
  const [permission] = missingPermissions(['speak'], channel.permissions);
  if (permission !== undefined) return new Error(`${permission} is missing`);
  const own = channel.people.find(({ userId }) => userId === ownId);
  return own?.muted === true ? new Error('the bot is muted there') : null;
}
