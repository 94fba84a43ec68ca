import type { Snowflake } from '../base/snowflake.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { text } from '../../preload/contract/messages/text.ts';

/**
 * Tells the people of a voice channel, in its own chat, that recording begins. Resolves when Discord has taken the
 * message. Throws DiscordError: `refused` where Send Messages is missing.
 */
export async function giveChatNotice(
  rest: DiscordRest,
  { channelId, botName }: { readonly channelId: Snowflake; readonly botName: string },
  signal: AbortSignal,
): Promise<void> {
  await rest.createMessage(channelId, { content: text('notice.chat', { bot: botName }) }, signal);
}
