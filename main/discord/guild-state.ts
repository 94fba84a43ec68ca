import { DEFAULT_LOCALE } from './gateway-payloads.ts';
import type {
  ChannelPayload,
  GuildCreatePayload,
  MemberPayload,
  VoiceStatePayload,
} from './gateway-payloads.ts';
import type { PermissionOverwrite, PermissionSubject } from './permissions.ts';
import type { PersonInfo } from './voice-state.ts';

/** What is known of one guild; `applyGuildEvent` changes it in place. */
export interface GuildState {
  readonly id: string;
  name: string;
  ownerId: string;
  /** How many may be in a voice channel where a camera is on; 0: no limit. */
  videoLimit: number;
  /** Language that the guild set for itself, as Discord writes it: `en-US`, `fr`, `ja`. */
  locale: string;
  /** False during an outage and until its GUILD_CREATE has come. */
  available: boolean;
  /** Permissions by role id. */
  roles: Map<string, bigint>;
  channels: Map<string, ChannelState>;
  own: OwnMember;
  /** Names and bot marks of the members that Discord named, by user id. */
  members: Map<string, { readonly name: string; readonly bot: boolean }>;
  voiceStates: Map<string, VoiceState>;
}

/** Our own member of a guild. */
export interface OwnMember {
  readonly roleIds: readonly string[];
  readonly nick: string | null;
  /** End of a time-out, milliseconds since 1970; null when there is none. */
  readonly timedOutUntilMs: number | null;
}

/** A channel of any kind; `hidden`: the bot may not see it, and the name means nothing. */
export interface ChannelState {
  readonly id: string;
  readonly kind: 'voice' | 'stage' | 'other';
  readonly name: string;
  readonly position: number;
  readonly userLimit: number;
  readonly hidden: boolean;
  readonly ageRestricted: boolean;
  readonly overwrites: readonly PermissionOverwrite[];
}

/** One user's place in a voice channel of the guild. */
export interface VoiceState {
  readonly channelId: string;
  readonly person: PersonInfo;
  readonly deaf: boolean;
  readonly mute: boolean;
}

/**
 * Channel flag of a channel the bot may not see: only id, type and position can be trusted (since 2026-11-16).
 * @internal exported for tests
 */
export const HIDDEN_CHANNEL_FLAG = 1 << 17;

/** A guild of which only the id is known; the id stands in for the name. */
export function emptyGuild(id: string): GuildState {
  return {
    id,
    name: id,
    ownerId: '',
    videoLimit: 0,
    locale: DEFAULT_LOCALE,
    available: false,
    roles: new Map(),
    channels: new Map(),
    own: { roleIds: [], nick: null, timedOutUntilMs: null },
    members: new Map(),
    voiceStates: new Map(),
  };
}

/** Everything GUILD_CREATE tells; `ownUserId` finds our own member. */
export function toGuildState(payload: GuildCreatePayload, ownUserId: string): GuildState {
  const guild = emptyGuild(payload.id);
  guild.name = payload.name === '' ? payload.id : payload.name;
  guild.videoLimit = payload.max_video_channel_users;
  guild.locale = payload.preferred_locale;
  guild.ownerId = payload.owner_id;
  guild.available = true;
  guild.roles = new Map(payload.roles.map((role) => [role.id, role.permissions]));
  guild.channels = new Map(
    payload.channels.map((channel) => [channel.id, toChannelState(channel)]),
  );
  const own = payload.members.find(({ user }) => user.id === ownUserId);
  if (own !== undefined) guild.own = toOwnMember(own);
  guild.members = new Map(payload.members.map((member) => [member.user.id, toMember(member)]));
  for (const payloadState of payload.voice_states) {
    const state = toVoiceState(guild, payloadState);
    if (state !== null) guild.voiceStates.set(payloadState.user_id, state);
  }
  return guild;
}

export function toChannelState(payload: ChannelPayload): ChannelState {
  return {
    id: payload.id,
    kind: payload.type === 2 ? 'voice' : payload.type === 13 ? 'stage' : 'other',
    name: payload.name,
    position: payload.position,
    userLimit: payload.user_limit,
    ageRestricted: payload.nsfw,
    hidden: (payload.flags & HIDDEN_CHANNEL_FLAG) !== 0,
    overwrites: payload.permission_overwrites.map(({ id, type, allow, deny }) => ({
      id,
      target: type === 0 ? 'role' : 'member',
      allow,
      deny,
    })),
  };
}

export function toOwnMember(payload: MemberPayload): OwnMember {
  const until = Date.parse(payload.communication_disabled_until ?? '');
  return {
    roleIds: payload.roles,
    nick: payload.nick,
    timedOutUntilMs: Number.isNaN(until) ? null : until,
  };
}

/** Name as Discord shows it, and the bot mark. */
export function toMember({ nick, user }: MemberPayload): { name: string; bot: boolean } {
  return { name: nick ?? user.global_name ?? user.username ?? user.id, bot: user.bot };
}

/** Null when the user is in no channel. Names come from the event itself, else from what the guild knows. */
export function toVoiceState(guild: GuildState, payload: VoiceStatePayload): VoiceState | null {
  if (payload.channel_id === null) return null;
  const person = toPerson(guild, payload);
  return { channelId: payload.channel_id, person, deaf: payload.deaf, mute: payload.mute };
}

export function toPerson(guild: GuildState, payload: VoiceStatePayload): PersonInfo {
  const { user_id: userId, member } = payload;
  const known = member === undefined ? guild.members.get(userId) : toMember(member);
  return {
    userId,
    name: known?.name ?? userId,
    bot: known?.bot ?? false,
    muted: payload.mute || payload.self_mute || payload.suppress,
    deafened: payload.deaf,
    sessionId: payload.session_id,
    hasCamera: payload.self_video,
  };
}

/** Our own member as the subject of a permission sum, at `wallMs`. */
export function ownSubject(guild: GuildState, userId: string, wallMs: number): PermissionSubject {
  const { id: guildId, ownerId, roles, own } = guild;
  const timedOut = own.timedOutUntilMs !== null && own.timedOutUntilMs > wallMs;
  return { guildId, ownerId, userId, roleIds: own.roleIds, roles, timedOut };
}
