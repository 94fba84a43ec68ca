import type { z } from 'zod';
import type { MemberPayload, VoiceStatePayload } from './gateway-payloads.ts';
import {
  channelDeleteSchema,
  guildChannelSchema,
  guildCreateSchema,
  guildDeleteSchema,
  guildRoleSchema,
  guildUpdateSchema,
  membersChunkSchema,
  memberUpdateSchema,
  roleDeleteSchema,
  voiceStateUpdateSchema,
} from './gateway-payloads.ts';
import type { GuildState, VoiceState } from './guild-state.ts';
import {
  emptyGuild,
  toChannelState,
  toGuildState,
  toMember,
  toOwnMember,
  toPerson,
  toVoiceState,
} from './guild-state.ts';
import type { VoiceStateChange } from './voice-state.ts';

/** What a dispatch changed. `guild-ready`: GUILD_CREATE came, or Discord says the guild is in an outage. */
export type DirectoryEvent =
  | { readonly kind: 'changed' }
  | { readonly kind: 'guild-ready'; readonly guildId: string }
  | { readonly kind: 'guild-removed'; readonly guildId: string }
  | { readonly kind: 'channel-deleted'; readonly channelId: string }
  | { readonly kind: 'voice-state'; readonly change: VoiceStateChange };

/** Whose voice state: our current session's, one of our former sessions', another program's with our token, or not ours. */
export type Ownership = 'own' | 'former' | 'foreign' | 'other';

/** The directory's state, changed in place by `applyGuildEvent`. */
export interface DirectoryState {
  readonly guilds: Map<string, GuildState>;
  readonly ownUserId: string;
  readonly ownership: (userId: string, sessionId: string | null) => Ownership;
}

type Apply = (state: DirectoryState, data: unknown) => readonly DirectoryEvent[] | null;

const CHANGED: readonly DirectoryEvent[] = [{ kind: 'changed' }];
const NOTHING: readonly DirectoryEvent[] = [];

/** What each dispatch changes in the directory, by the dispatch's name. Others change nothing. */
const EVENTS: Readonly<Record<string, Apply>> = {
  GUILD_CREATE: parsed(guildCreateSchema, (state, payload) => {
    if (payload.unavailable) return applyOutage(state, payload.id);
    const before = state.guilds.get(payload.id)?.voiceStates ?? new Map<string, VoiceState>();
    const guild = toGuildState(payload, state.ownUserId);
    keepOwnVoiceState(state, guild, before);
    state.guilds.set(guild.id, guild);
    return [
      { kind: 'guild-ready', guildId: guild.id },
      ...CHANGED,
      ...compareVoiceStates(state, guild, before),
    ];
  }),

  GUILD_UPDATE: onGuild(guildUpdateSchema, (guild, payload) => {
    guild.name = payload.name ?? guild.name;
    guild.ownerId = payload.owner_id ?? guild.ownerId;
    guild.videoLimit = payload.max_video_channel_users ?? guild.videoLimit;
    guild.locale = payload.preferred_locale ?? guild.locale;
    for (const role of payload.roles) guild.roles.set(role.id, role.permissions);
  }),

  GUILD_DELETE: parsed(guildDeleteSchema, (state, { id, unavailable }) => {
    if (unavailable) return applyOutage(state, id);
    if (!state.guilds.delete(id)) return NOTHING;
    return [{ kind: 'guild-removed', guildId: id }, ...CHANGED];
  }),

  CHANNEL_CREATE: onGuild(guildChannelSchema, (guild, payload) => {
    guild.channels.set(payload.id, toChannelState(payload));
  }),

  CHANNEL_UPDATE: onGuild(guildChannelSchema, (guild, payload) => {
    guild.channels.set(payload.id, toChannelState(payload));
  }),

  CHANNEL_DELETE: parsed(channelDeleteSchema, (state, { id, guild_id }) => {
    if (state.guilds.get(guild_id)?.channels.delete(id) !== true) return NOTHING;
    return [{ kind: 'channel-deleted', channelId: id }, ...CHANGED];
  }),

  GUILD_ROLE_CREATE: onGuild(guildRoleSchema, (guild, { role }) => {
    guild.roles.set(role.id, role.permissions);
  }),

  GUILD_ROLE_UPDATE: onGuild(guildRoleSchema, (guild, { role }) => {
    guild.roles.set(role.id, role.permissions);
  }),

  GUILD_ROLE_DELETE: onGuild(roleDeleteSchema, (guild, payload) => {
    guild.roles.delete(payload.role_id);
  }),

  GUILD_MEMBER_ADD: onGuild(memberUpdateSchema, applyMember),

  GUILD_MEMBER_UPDATE: onGuild(memberUpdateSchema, applyMember),

  GUILD_MEMBERS_CHUNK: onGuild(membersChunkSchema, (guild, { members }, state) => {
    for (const member of members) applyMember(guild, member, state);
  }),

  VOICE_STATE_UPDATE: parsed(voiceStateUpdateSchema, (state, payload) => {
    const guild = state.guilds.get(payload.guild_id);
    return guild === undefined ? NOTHING : applyVoiceState(state, guild, payload);
  }),
};

function applyMember(guild: GuildState, payload: MemberPayload, state: DirectoryState): void {
  const userId = payload.user.id;
  if (userId === state.ownUserId) guild.own = toOwnMember(payload);
  guild.members.set(userId, toMember(payload));
  const inVoice = guild.voiceStates.get(userId);
  if (inVoice === undefined) return;
  const person = { ...inVoice.person, ...toMember(payload) };
  guild.voiceStates.set(userId, { ...inVoice, person });
}

/** Applies one dispatch: what changed; null when the event is malformed. */
export function applyGuildEvent(
  state: DirectoryState,
  type: string,
  data: unknown,
): readonly DirectoryEvent[] | null {
  return Object.hasOwn(EVENTS, type) ? (EVENTS[type]?.(state, data) ?? null) : NOTHING;
}

/** Marks the guild as unavailable; what is known of the guild stays, and may be old. */
function applyOutage(state: DirectoryState, guildId: string): readonly DirectoryEvent[] {
  const guild = state.guilds.get(guildId) ?? emptyGuild(guildId);
  guild.available = false;
  state.guilds.set(guildId, guild);
  return [{ kind: 'guild-ready', guildId }, ...CHANGED];
}

function applyVoiceState(
  state: DirectoryState,
  guild: GuildState,
  payload: VoiceStatePayload,
): readonly DirectoryEvent[] {
  const { user_id: userId, session_id: sessionId } = payload;
  const before = guild.voiceStates.get(userId);
  const next = toVoiceState(guild, payload);
  const person = { ...toPerson(guild, payload), ...knownName(payload, before) };
  const change = toChange(state, guild.id, { before, next, person });
  // Another session's leave, or a former one's, says nothing about where the current one is.
  const sessionBefore = before?.person.sessionId ?? null;
  const otherSession = sessionBefore !== null && sessionId !== null && sessionBefore !== sessionId;
  const elsewhere = next === null && otherSession && userId === state.ownUserId;
  if (next !== null) guild.voiceStates.set(userId, { ...next, person });
  else if (!elsewhere) guild.voiceStates.delete(userId);
  if (payload.member !== undefined) guild.members.set(userId, toMember(payload.member));
  return [
    { kind: 'voice-state', change: elsewhere ? { ...change, before: null } : change },
    ...CHANGED,
  ];
}

/** The name from before, when the event brings none of its own. */
function knownName(payload: VoiceStatePayload, before: VoiceState | undefined) {
  if (payload.member !== undefined || before === undefined) return {};
  if (before.person.name === payload.user_id) return {}; // nobody had told it
  return { name: before.person.name, bot: before.person.bot };
}

/**
 * A GUILD_CREATE without our own voice state, such as after an outage, does not put us out of the channel: that is
 * said by VOICE_STATE_UPDATE or by the voice server.
 */
function keepOwnVoiceState(
  state: DirectoryState,
  guild: GuildState,
  before: ReadonlyMap<string, VoiceState>,
): void {
  const own = before.get(state.ownUserId);
  if (own === undefined || guild.voiceStates.has(state.ownUserId)) return;
  if (state.ownership(state.ownUserId, own.person.sessionId) === 'own')
    guild.voiceStates.set(state.ownUserId, own);
}

/** Joins, leaves and moves between what was known and a new GUILD_CREATE. */
function compareVoiceStates(
  state: DirectoryState,
  guild: GuildState,
  before: ReadonlyMap<string, VoiceState>,
): DirectoryEvent[] {
  const userIds = new Set([...before.keys(), ...guild.voiceStates.keys()]);
  return [...userIds].flatMap((userId) => {
    const old = before.get(userId);
    const next = guild.voiceStates.get(userId);
    const person = next?.person ?? old?.person;
    if (person === undefined || isSameState(old, next)) return [];
    const change = toChange(state, guild.id, { before: old, next: next ?? null, person });
    return [{ kind: 'voice-state' as const, change }];
  });
}

function isSameState(a: VoiceState | undefined, b: VoiceState | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function toChange(
  state: DirectoryState,
  guildId: string,
  step: Pick<VoiceStateChange, 'person'> & {
    readonly before: VoiceState | undefined;
    readonly next: VoiceState | null;
  },
): VoiceStateChange {
  const { person, before, next } = step;
  const { userId, sessionId } = person;
  const ownership = state.ownership(userId, sessionId);
  return {
    guildId,
    userId,
    before: before?.channelId ?? null,
    after: next?.channelId ?? null,
    sessionId,
    person,
    own: ownership === 'own',
    foreign: ownership === 'foreign',
    deaf: next?.deaf ?? false,
    wasDeaf: before?.deaf ?? false,
    mute: next?.mute ?? false,
  };
}

/** An event by its schema; null when the data does not fit. */
function parsed<T>(
  schema: z.ZodType<T>,
  apply: (state: DirectoryState, payload: T) => readonly DirectoryEvent[],
): Apply {
  return (state, data) => {
    const result = schema.safeParse(data);
    return result.success ? apply(state, result.data) : null;
  };
}

/** An event that changes one guild we know; of another guild it means nothing. */
function onGuild<T extends { readonly id: string } | { readonly guild_id: string }>(
  schema: z.ZodType<T>,
  change: (guild: GuildState, payload: T, state: DirectoryState) => void,
): Apply {
  return parsed(schema, (state, payload) => {
    const guild = state.guilds.get('guild_id' in payload ? payload.guild_id : payload.id);
    if (guild === undefined) return NOTHING;
    change(guild, payload, state);
    return CHANGED;
  });
}
