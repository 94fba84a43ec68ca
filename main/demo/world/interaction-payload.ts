import type { DemoInteraction } from './interactions.ts';
import { memberJson, messageJson } from './payloads.ts';
import type { Json } from './payloads.ts';
import { channelPermissions } from './world-permissions.ts';
import type { World } from './world.ts';

const MESSAGE_COMPONENT = 3;
const BUTTON = 2;

/** `d` of INTERACTION_CREATE (discord-api-docs, “Receiving and Responding”); null once the channel is gone. */
export function interactionJson(world: World, interaction: DemoInteraction): Json | null {
  const { id, token, botId, message, press } = interaction;
  const { forged = {}, by, locale = 'en-US' } = press;
  const guild = world.guilds.get(interaction.guildId);
  const channel = guild?.channels.get(message.channelId);
  const member = guild?.members.get(by);
  if (guild === undefined || channel === undefined || member === undefined) return null;
  const { guildId = guild.id, channelId = channel.id, messageId = message.id } = forged;
  return {
    version: 1,
    id,
    application_id: forged.applicationId ?? botId,
    type: MESSAGE_COMPONENT,
    token,
    guild_id: guildId,
    guild: { id: guildId, locale: guild.preferredLocale, features: [] },
    guild_locale: guild.preferredLocale,
    channel_id: channelId,
    channel: { id: channelId, type: channel.type, name: channel.name, guild_id: guildId },
    member: {
      ...memberJson(member),
      permissions: String(channelPermissions(guild, channel, by)),
    },
    message: { ...messageJson(world, message), id: messageId, channel_id: channelId },
    data: { id: 2, component_type: BUTTON, custom_id: forged.customId ?? press.customId },
    locale,
    app_permissions: String(channelPermissions(guild, channel, botId)),
    entitlements: [],
    authorizing_integration_owners: { '0': guildId },
    context: 0,
    attachment_size_limit: 10_485_760,
  };
}
