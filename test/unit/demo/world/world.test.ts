import { describe, expect, test } from 'vitest';
import { GatewaySession } from '../../../../main/demo/gateway/gateway-session.ts';
import { channelJson, guildJson } from '../../../../main/demo/world/payloads.ts';
import { personName } from '../../../../main/demo/talk/people.ts';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { RateLimits } from '../../../../main/demo/rest/rate-limits.ts';
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

  test('a hundred people have a hundred user names', () => {
    const names = Array.from({ length: 100 }, (_, index) => personName(index).username);
    expect(new Set(names).size).toBe(100);
  });
});

describe('gateway session', () => {
  test('hands over exactly what came after a number, and refuses numbers from the future', () => {
    const session = new GatewaySession('s', bot, 129);
    for (const t of ['A', 'B', 'C']) session.dispatch(t, null);
    expect(session.since(1)?.map(({ t }) => t)).toEqual(['B', 'C']);
    expect(session.since(3)).toEqual([]);
    expect(session.since(4)).toBeNull();
  });
});

describe('rate limits', () => {
  const bucket = { name: 'a', owner: 'bot', limit: { requests: 2, windowMs: 1000 } };

  test('the request after the last one is refused until the window ends', () => {
    const limits = new RateLimits();
    expect(limits.take(bucket, 0).headers['X-RateLimit-Remaining']).toBe('1');
    expect(limits.take(bucket, 100).refused).toBeNull();
    const third = limits.take(bucket, 400);
    expect(third.refused).toMatchObject({ status: 429, body: { retry_after: 0.6, global: false } });
    expect(limits.take(bucket, 1000).refused).toBeNull();
  });

  test('fifty requests a second are all a bot has, over all buckets', () => {
    const limits = new RateLimits();
    const answers = Array.from({ length: 51 }, (_, index) =>
      limits.take({ ...bucket, name: String(index) }, 10),
    );
    expect(answers.filter(({ refused }) => refused !== null)).toHaveLength(1);
    expect(answers.at(-1)?.refused).toMatchObject({
      headers: { 'X-RateLimit-Scope': 'global', 'X-RateLimit-Global': 'true' },
    });
  });
});
