import type { Snowflake } from '../../base/snowflake.ts';
import type { DemoChannel, DemoGuild } from './world-types.ts';

/** The permission bits the demo looks at, by Discord's own names. */
export const PERMISSION_BITS = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  EMBED_LINKS: 1n << 14n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  CONNECT: 1n << 20n,
  SPEAK: 1n << 21n,
  MUTE_MEMBERS: 1n << 22n,
  MOVE_MEMBERS: 1n << 24n,
  USE_VAD: 1n << 25n,
  CHANGE_NICKNAME: 1n << 26n,
  REQUEST_TO_SPEAK: 1n << 32n,
  SET_VOICE_CHANNEL_STATUS: 1n << 48n,
} as const;
export type PermissionName = keyof typeof PERMISSION_BITS;

const ALL = (1n << 53n) - 1n;

/** What a member may do in the guild as a whole: roles only. 0 for a stranger. */
export function guildPermissions(guild: DemoGuild, userId: Snowflake): bigint {
  const member = guild.members.get(userId);
  if (member === undefined) return 0n;
  if (guild.ownerId === userId) return ALL;
  const held = [guild.id, ...member.roleIds].map((id) => guild.roles.get(id)?.permissions ?? 0n);
  const base = held.reduce((sum, permissions) => sum | permissions, 0n);
  return (base & PERMISSION_BITS.ADMINISTRATOR) === 0n ? base : ALL;
}

/** What a member may do in one channel: overwrites for everyone, then their roles together, then the member. */
export function channelPermissions(
  guild: DemoGuild,
  channel: DemoChannel,
  userId: Snowflake,
): bigint {
  const base = guildPermissions(guild, userId);
  if (base === 0n || base === ALL) return base;
  const roleIds = new Set(guild.members.get(userId)?.roleIds);
  const steps = [
    channel.overwrites.filter((one) => one.type === 0 && one.id === guild.id),
    channel.overwrites.filter((one) => one.type === 0 && roleIds.has(one.id)),
    channel.overwrites.filter((one) => one.type === 1 && one.id === userId),
  ];
  const sum = steps.reduce((held, overwrites) => {
    const denied = overwrites.reduce((bits, one) => bits | one.deny, 0n);
    return (held & ~denied) | overwrites.reduce((bits, one) => bits | one.allow, 0n);
  }, base);
  return (sum & PERMISSION_BITS.VIEW_CHANNEL) === 0n ? 0n : sum;
}

/** True when every one of these is allowed there. */
export function mayIn(
  place: { readonly guild: DemoGuild; readonly channel: DemoChannel },
  userId: Snowflake,
  ...names: readonly PermissionName[]
): boolean {
  const held = channelPermissions(place.guild, place.channel, userId);
  return names.every((name) => (held & PERMISSION_BITS[name]) !== 0n);
}
