import { describe, expect, test } from 'vitest';
import { channelJson, guildJson } from '../../../../main/demo/world/payloads.ts';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { channelPermissions, mayIn } from '../../../../main/demo/world/world-permissions.ts';
import { createSetting } from '../../../../main/demo/world/world-setup.ts';

const setting = createSetting(new SeededRandom(1));
const { guild, channels, bot } = setting;

describe('setting', () => {
  test('the bot may join the stage, but neither the locked channel nor the hidden one', () => {
    const may = (name: keyof typeof channels): boolean =>
      mayIn({ guild, channel: channels[name] }, bot.userId, 'VIEW_CHANNEL', 'CONNECT');
    expect(may('stage')).toBe(true);
    expect(may('locked')).toBe(false);
    expect(channelPermissions(guild, channels.hidden, bot.userId)).toBe(0n);
  });

  test('a hidden channel reaches the bot under no name, and a stranger is allowed nothing', () => {
    expect(channelJson(guild, channels.hidden, bot.userId)).toMatchObject({
      name: '___hidden___',
      flags: 1 << 17,
      type: 2,
    });
    expect(channelPermissions(guild, channels.stage, '5')).toBe(0n);
  });

  test('the guild lists the bot and those in voice as members', () => {
    const { members } = guildJson(guild, bot.userId);
    expect(members).toHaveLength(3);
  });

  test('the same seed gives the same tokens and ids, another seed other tokens', () => {
    expect(createSetting(new SeededRandom(1)).bot.token).toBe(bot.token);
    expect(createSetting(new SeededRandom(1)).channels.stage.id).toBe(channels.stage.id);
    expect(createSetting(new SeededRandom(2)).bot.token).not.toBe(bot.token);
  });

  test('tokens look like tokens', () => {
    expect(bot.token).toMatch(/^[\w-]{20,}\.[\w-]{5,8}\.[\w-]{25,}$/);
    expect(Buffer.from(bot.token.split('.')[0] ?? '', 'base64url').toString()).toBe(bot.userId);
  });
});
