import { IntlMessageFormat } from 'intl-messageformat';
import type { Snowflake } from '../base/snowflake.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { en } from '../../preload/contract/messages/en.ts';

/**
 * Tells the people of a voice channel, in its own chat, that recording begins. Resolves when Discord has taken the
 * message. Throws DiscordError: `refused` where Send Messages is missing.
 */
export async function giveChatNotice(
  rest: DiscordRest,
  { channelId, botName }: { readonly channelId: Snowflake; readonly botName: string },
  signal: AbortSignal,
): Promise<void> {
  const content = new IntlMessageFormat(en['notice.chat'], 'en').format({ bot: botName });
  await rest.createMessage(channelId, { content: String(content) }, signal);
}
