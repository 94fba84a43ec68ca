import { z } from 'zod';
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

/** After so many malformed members the rest of an array is ignored: checking one costs as much as a whole event. */
const MOST_MALFORMED = 100;

/** More than a guild has of anything, its people in voice included. */
const MOST_MEMBERS = 50_000;

/** The first 50,000 of an array without its malformed members; empty when it is none. */
function listOf<T>(member: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((members) => {
      const list: T[] = [];
      let malformed = 0;
      for (const value of members) {
        const parsed = member.safeParse(value);
        if (parsed.success) list.push(parsed.data);
        else malformed += 1;
        if (malformed > MOST_MALFORMED || list.length === MOST_MEMBERS) break;
      }
      return list;
    });
}

const userSchema = z.object({
  id,
  username: z.string(),
  global_name: text,
  bot: flag,
});

export const readySchema = z.object({
  user: userSchema,
  session_id: z.string().min(1),
  resume_gateway_url: z.string(),
  application: z.object({ id }),
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

const voiceStateFields = {
  channel_id: id.nullable(),
  user_id: id,
  session_id: z.string(),
  member: memberSchema.optional().catch(undefined),
  deaf: flag,
  mute: flag,
  self_deaf: flag,
  self_mute: flag,
  suppress: flag,
};
const voiceStateSchema = z.object(voiceStateFields);
export type VoiceStatePayload = z.infer<typeof voiceStateSchema>;
export const voiceStateUpdateSchema = z.object({ ...voiceStateFields, guild_id: id });

/** `token` may be empty only while `endpoint` is null: Discord looks for a server then. */
export const voiceServerUpdateSchema = z
  .object({ guild_id: id, token: z.string(), endpoint: z.string().nullable() })
  .refine(({ token, endpoint }) => token !== '' || endpoint === null);

export const guildCreateSchema = z.object({
  id,
  name: z.string().catch(''),
  owner_id: z.string().catch(''),
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
  roles: listOf(roleSchema),
});
export const guildDeleteSchema = z.object({ id, unavailable: flag });
