import type { World } from './world.ts';
import { PERMISSION_BITS } from './world-permissions.ts';
import { silentState } from './world-setup.ts';
import { CHANNEL_TYPES } from './world-types.ts';
import type { DemoGuild } from './world-types.ts';

const ROLES = 200;
/** Discord allows 500 in a guild. */
const CHANNELS = 500;
const OVERWRITES = 75;
const IN_VOICE = 400;
/** Every so manieth channel is for voice. */
const VOICE_EVERY = 10;

/**
 * Fills the guild up to what Discord allows: 500 channels with many overwrites, 200 roles, 400 people in voice channels
 * of their own. Its GUILD_CREATE is about 3 MB.
 */
export function fillGuild(world: World, guild: DemoGuild): void {
  const roleIds = Array.from({ length: ROLES }, () => world.newId());
  for (const [index, id] of roleIds.entries()) {
    guild.roles.set(id, { id, name: `Role ${String(index)}`, permissions: 0n });
  }
  const overwrites = roleIds.slice(0, OVERWRITES).map((id) => ({
    id,
    type: 0 as const,
    allow: PERMISSION_BITS.SPEAK | PERMISSION_BITS.CONNECT,
    deny: PERMISSION_BITS.SEND_MESSAGES,
  }));
  const voiceIds: string[] = [];
  for (let index = guild.channels.size; index < CHANNELS; index += 1) {
    const isVoice = index % VOICE_EVERY === 0;
    const id = world.newId();
    const type = isVoice ? CHANNEL_TYPES.voice : CHANNEL_TYPES.text;
    const name = `${isVoice ? 'Table' : 'topic'} ${String(index)}`;
    const common = { guildId: guild.id, parentId: null, userLimit: 0, flags: 0 };
    guild.channels.set(id, { ...common, id, type, name, position: index, overwrites });
    if (isVoice) voiceIds.push(id);
  }
  for (let index = 0; index < IN_VOICE; index += 1) {
    const id = world.newId();
    const name = `member_${String(index)}`;
    const user = { id, username: name, globalName: name, bot: false };
    world.addMember({ guildId: guild.id, user, nick: null, roleIds: roleIds.slice(0, 20) });
    const channelId = voiceIds[index % voiceIds.length] ?? null;
    const place = { guildId: guild.id, channelId, userId: id, sessionId: `seat${id}` };
    world.setVoiceState({ ...silentState, ...place });
  }
}
