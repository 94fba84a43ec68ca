import { z } from 'zod';
import { isSnowflake, type Snowflake } from '../base/snowflake.ts';
import { PERMISSIONS } from './permissions.ts';

/** Somebody pressed a button under a message: INTERACTION_CREATE of type 3, MESSAGE_COMPONENT. */
export interface ButtonPress {
  readonly id: Snowflake;
  /** A secret: whoever has it answers for the bot. */
  readonly token: string;
  readonly applicationId: Snowflake;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly messageId: Snowflake;
  readonly userId: Snowflake;
  readonly customId: string;
  /** Language of the person's client, as Discord writes it. */
  readonly locale: string;
  /** Whether the person may move members of that channel. */
  readonly mayMoveMembers: boolean;
}

const MESSAGE_COMPONENT = 3;

const id = z.string().refine(isSnowflake);
const schema = z.object({
  id,
  token: z.string().min(1).max(2_048),
  application_id: id,
  type: z.literal(MESSAGE_COMPONENT),
  guild_id: id,
  channel_id: id,
  message: z.object({ id }),
  member: z.object({
    user: z.object({ id }),
    permissions: z.string().refine(isSnowflake).catch('0'),
  }),
  data: z.object({ custom_id: z.string().max(100) }),
  locale: z.string().max(32).catch('en-US'),
});

/** The press in an INTERACTION_CREATE; null for one of another kind, outside a guild, or malformed. */
export function toButtonPress(data: unknown): ButtonPress | null {
  const parsed = schema.safeParse(data).data;
  if (parsed === undefined) return null;
  const { member } = parsed;
  const granted = BigInt(member.permissions);
  const mayMove = PERMISSIONS.moveMembers.bit | PERMISSIONS.administrator.bit;
  return {
    id: parsed.id,
    token: parsed.token,
    applicationId: parsed.application_id,
    guildId: parsed.guild_id,
    channelId: parsed.channel_id,
    messageId: parsed.message.id,
    userId: member.user.id,
    customId: parsed.data.custom_id,
    locale: parsed.locale,
    mayMoveMembers: (granted & mayMove) !== 0n,
  };
}
