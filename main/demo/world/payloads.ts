import type { World } from './world.ts';
import { obfuscate } from './world.ts';
import { mayIn } from './world-permissions.ts';
import type {
  DemoChannel,
  DemoGuild,
  DemoMember,
  DemoMessage,
  DemoUser,
  DemoVoiceState,
} from './world-types.ts';

/** A JSON object as Discord sends it. */
export type Json = Readonly<Record<string, unknown>>;

export function userJson(user: DemoUser): Json {
  return {
    id: user.id,
    username: user.username,
    discriminator: user.bot ? '0042' : '0',
    global_name: user.globalName,
    avatar: null,
    bot: user.bot,
    public_flags: 0,
  };
}

export function memberJson(member: DemoMember): Json {
  return {
    user: userJson(member.user),
    nick: member.nick,
    avatar: null,
    roles: member.roleIds,
    joined_at: '2026-03-14T09:26:53.000000+00:00',
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    flags: 0,
  };
}

/** The channel as `viewerId` gets it on the gateway: obfuscated when they may not view it. */
export function channelJson(guild: DemoGuild, channel: DemoChannel, viewerId: string): Json {
  const seen = mayIn({ guild, channel }, viewerId, 'VIEW_CHANNEL') ? channel : obfuscate(channel);
  return {
    id: seen.id,
    guild_id: guild.id,
    type: seen.type,
    name: seen.name,
    position: seen.position,
    parent_id: seen.parentId,
    flags: seen.flags,
    user_limit: seen.userLimit,
    bitrate: 64000,
    rtc_region: null,
    permission_overwrites: seen.overwrites.map((one) => ({
      id: one.id,
      type: one.type,
      allow: String(one.allow),
      deny: String(one.deny),
    })),
  };
}

/** A voice state without `guild_id` and `member`, as GUILD_CREATE lists it. */
export function voiceStateJson(state: DemoVoiceState): Json {
  return {
    channel_id: state.channelId,
    user_id: state.userId,
    session_id: state.sessionId,
    deaf: state.deaf,
    mute: state.mute,
    self_deaf: state.selfDeaf,
    self_mute: state.selfMute,
    self_video: false,
    suppress: state.suppress,
    request_to_speak_timestamp: null,
  };
}

/** A whole guild as GUILD_CREATE gives it to `viewerId`; its member list holds the viewer and everyone in voice. */
export function guildJson(guild: DemoGuild, viewerId: string): Json {
  const present = new Set([viewerId, ...guild.voiceStates.keys()]);
  return {
    ...aboutGuild(guild),
    joined_at: '2026-03-14T09:26:53.000000+00:00',
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    channels: [...guild.channels.values()].map((one) => channelJson(guild, one, viewerId)),
    members: [...guild.members.values()]
      .filter(({ user }) => present.has(user.id))
      .map((member) => memberJson(member)),
    voice_states: [...guild.voiceStates.values()].map((state) => voiceStateJson(state)),
    presences: [],
    threads: [],
    stage_instances: [],
  };
}

/** A guild without what happens in it, as GUILD_UPDATE gives it. */
export function aboutGuild(guild: DemoGuild): Json {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    owner_id: guild.ownerId,
    preferred_locale: guild.preferredLocale,
    roles: [...guild.roles.values()].map((role, position) => ({
      id: role.id,
      name: role.name,
      permissions: String(role.permissions),
      position,
      color: 0,
      hoist: false,
      managed: false,
      mentionable: false,
    })),
    emojis: [],
    features: [],
  };
}

export function messageJson(world: World, message: DemoMessage): Json {
  const guildId = world.channel(message.channelId)?.guildId ?? '';
  const author = world.member(guildId, message.authorId)?.user;
  return {
    id: message.id,
    channel_id: message.channelId,
    author: author === undefined ? null : userJson(author),
    content: message.content,
    timestamp: message.at,
    edited_timestamp: message.editedAt,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    components: message.components,
    pinned: false,
    type: 0,
    flags: message.flags,
  };
}
