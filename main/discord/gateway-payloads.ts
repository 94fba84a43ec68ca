import { z } from 'zod';
import { listOf as listOfMost } from '../base/list-of.ts';
import { isSnowflake } from '../base/snowflake.ts';

/*
 * The parts of dispatches that we use. Unknown fields are dropped; an optional field of the wrong type counts as
 * absent; a malformed member of an array costs itself only. Ids are checked strings.
 */

const id = z.string().refine(isSnowflake);
const mask = z
  .string()
  .refine(isSnowflake)
  .transform((digits) => BigInt(digits));
const flag = z.boolean().catch(false);
const text = z.string().nullable().catch(null);

/** More than a guild has of anything, its people in voice included. */
const MOST_MEMBERS = 50_000;

function listOf<T>(member: z.ZodType<T>) {
  return listOfMost(member, MOST_MEMBERS);
}

/** People whom a voice channel takes while a camera is on, where Discord names no other number. */
const VIDEO_LIMIT = 25;

/** What Discord takes for a guild's language where nobody has set one. */
export const DEFAULT_LOCALE = 'en-US';

const userSchema = z.object({
  id,
  username: text,
  global_name: text,
  bot: flag,
});

export const readySchema = z.object({
  user: userSchema,
  session_id: z.string().min(1),
  resume_gateway_url: text,
  application: z.object({ id }).nullable().catch(null),
  guilds: listOf(z.object({ id })),
});
export type ReadyPayload = z.infer<typeof readySchema>;

const overwriteSchema = z.object({
  id,
  type: z.union([z.literal(0), z.literal(1)]),
  allow: mask,
  deny: mask,
});

const channelFields = {
  id,
  type: z.int(),
  name: z.string().catch(''),
  position: z.int().catch(0),
  user_limit: z.int().nonnegative().catch(0),
  flags: z.int().catch(0),
  nsfw: flag,
  permission_overwrites: listOf(overwriteSchema),
};
const channelSchema = z.object(channelFields);
export type ChannelPayload = z.infer<typeof channelSchema>;
export const guildChannelSchema = z.object({ ...channelFields, guild_id: id });
export const channelDeleteSchema = z.object({ id, guild_id: id });

const roleSchema = z.object({ id, permissions: mask });
export const guildRoleSchema = z.object({ guild_id: id, role: roleSchema });
export const roleDeleteSchema = z.object({ guild_id: id, role_id: id });

const memberFields = {
  user: userSchema,
  nick: text,
  roles: listOf(id),
  communication_disabled_until: text,
};
const memberSchema = z.object(memberFields);
export type MemberPayload = z.infer<typeof memberSchema>;
export const memberUpdateSchema = z.object({ ...memberFields, guild_id: id });
export const membersChunkSchema = z.object({ guild_id: id, members: listOf(memberSchema) });

const voiceStateFields = {
  channel_id: id.nullable(),
  user_id: id,
  session_id: text,
  member: memberSchema.optional().catch(undefined),
  deaf: flag,
  mute: flag,
  self_deaf: flag,
  self_mute: flag,
  self_video: flag,
  suppress: flag,
};
const voiceStateSchema = z.object(voiceStateFields);
export type VoiceStatePayload = z.infer<typeof voiceStateSchema>;
export const voiceStateUpdateSchema = z.object({ ...voiceStateFields, guild_id: id });

/** `token` may be empty only while `endpoint` is null: Discord looks for a server then. */
export const voiceServerUpdateSchema = z
  .object({
    guild_id: id,
    token: z
      .string()
      .nullish()
      .transform((token) => token ?? ''),
    endpoint: z
      .string()
      .nullish()
      .transform((endpoint) => endpoint ?? null),
  })
  .refine(({ token, endpoint }) => token !== '' || endpoint === null);

/** RATE_LIMITED: a message of that opcode was dropped, and may be sent again after `retry_after` seconds. */
export const rateLimitedSchema = z.object({
  opcode: z.int(),
  retry_after: z.number().nonnegative(),
  meta: z.object({ guild_id: id }).nullable().catch(null),
});

export const guildCreateSchema = z.object({
  id,
  name: z.string().catch(''),
  owner_id: z.string().catch(''),
  max_video_channel_users: z.int().nonnegative().catch(VIDEO_LIMIT),
  preferred_locale: z.string().catch(DEFAULT_LOCALE),
  unavailable: flag,
  roles: listOf(roleSchema),
  channels: listOf(channelSchema),
  members: listOf(memberSchema),
  voice_states: listOf(voiceStateSchema),
});
export type GuildCreatePayload = z.infer<typeof guildCreateSchema>;

/** Some of GUILD_CREATE's fields. `roles` is empty when the event has none, which says nothing of the roles known. */
export const guildUpdateSchema = z.object({
  id,
  name: z.string().optional().catch(undefined),
  owner_id: z.string().optional().catch(undefined),
  max_video_channel_users: z.int().nonnegative().optional().catch(undefined),
  preferred_locale: z.string().optional().catch(undefined),
  roles: listOf(roleSchema),
});
export const guildDeleteSchema = z.object({ id, unavailable: flag });
