import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { describe, expect, test, vi } from 'vitest';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { ask, userAgent } from '../support/demo-rest-client.ts';
import { hostOf, nested } from '../support/raw-client.ts';

describe('demo REST', () => {
  test('a wrong token gets 401, a User-Agent that Discord refuses gets 403', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const wrong = await ask(demo, '/users/@me', { headers: { Authorization: 'Bot nobody' } });
    expect(wrong).toMatchObject({ status: 401, body: { code: 0, message: '401: Unauthorized' } });
    const bare = await ask(demo, '/users/@me', { headers: { 'User-Agent': 'curl/8' } });
    expect(bare).toMatchObject({ status: 403, body: { code: 40333 } });
    expect(await ask(demo, '/nothing')).toMatchObject({ status: 404, body: { code: 0 } });
  });

  test('channels come without the hidden one, and a guild that is not the bot’s without any', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { body } = await ask(demo, `/guilds/${demo.guildId}/channels`);
    expect(JSON.stringify(body)).toContain('"Tape talk"');
    expect(JSON.stringify(body)).not.toContain(demo.setting.channels.hidden.id);
    const unknown = await ask(demo, '/guilds/1/channels');
    expect(unknown).toMatchObject({ status: 404, body: { code: 10004 } });
    const members = await ask(demo, `/guilds/${demo.guildId}/members`);
    expect(members).toMatchObject({ status: 403, body: { code: 50001 } });
  });

  test('a body nested more than 64 deep is no JSON', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const messages = `/channels/${demo.setting.channels.text.id}/messages`;
    const post = (embeds: unknown) =>
      ask(demo, messages, { method: 'POST', body: { content: 'a', embeds } });
    expect(await post(nested(63))).toMatchObject({ status: 200 });
    expect(await post(nested(64))).toMatchObject({ status: 400, body: { code: 50109 } });
  });

  test('a nickname is set, cleared, and refused without the permission or when too long', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const own = `/guilds/${demo.guildId}/members/@me`;
    const set = await ask(demo, own, { method: 'PATCH', body: { nick: '[REC] Tapedeck' } });
    expect(set).toMatchObject({ status: 200, body: { nick: '[REC] Tapedeck' } });
    const long = await ask(demo, own, { method: 'PATCH', body: { nick: 'x'.repeat(33) } });
    expect(long).toMatchObject({ status: 400, body: { code: 50035 } });
    const cleared = await ask(demo, own, { method: 'PATCH', body: { nick: null } });
    expect(cleared).toMatchObject({ status: 200, body: { nick: null } });
    demo.control.revokeInGuild(demo.guildId, 'CHANGE_NICKNAME');
    const refused = await ask(demo, own, { method: 'PATCH', body: { nick: 'x' } });
    expect(refused).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  test('a request that is answered late is done at once', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const own = `/guilds/${demo.guildId}/members/@me`;
    const path = /^\/guilds\/\d+\/members\/@me$/;
    demo.rest.plan({ method: 'PATCH', path, answer: 'real', afterMs: 400, times: 1 });
    const nickname = (): string | null | undefined =>
      demo.setting.world.member(demo.guildId, demo.setting.bot.userId)?.nick;
    const fromMs = performance.now();
    const late = ask(demo, own, { method: 'PATCH', body: { nick: 'Rec' } });
    await vi.waitFor(() => expect(nickname()).toBe('Rec'));
    expect(await late).toMatchObject({ status: 200, body: { nick: 'Rec' } });
    expect(performance.now() - fromMs).toBeGreaterThan(390);
  });

  test('messages are kept; without the permission they are refused with Discord’s error code', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const chat = `/channels/${demo.channelId}/messages`;
    const content = 'Recording has started.';
    expect(await ask(demo, chat, { method: 'POST', body: { content } })).toMatchObject({
      status: 200,
      body: { content, channel_id: demo.channelId },
    });
    expect(demo.setting.world.messages).toMatchObject([{ content, channelId: demo.channelId }]);
    const empty = await ask(demo, chat, { method: 'POST', body: { content: ' ' } });
    expect(empty).toMatchObject({ status: 400, body: { code: 50006 } });
    demo.control.setPermissions(demo.channelId, { deny: ['SEND_MESSAGES'] });
    expect(await ask(demo, chat, { method: 'POST', body: { content } })).toMatchObject({
      status: 403,
      body: { code: 50013 },
    });
    demo.control.setPermissions(demo.channelId, { deny: ['VIEW_CHANNEL'] });
    expect(await ask(demo, chat, { method: 'POST', body: { content } })).toMatchObject({
      status: 403,
      body: { code: 50001 },
    });
  });

  test('the sixth message within five seconds is refused', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const chat = `/channels/${demo.channelId}/messages`;
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      statuses.push((await ask(demo, chat, { method: 'POST', body: { content: 'x' } })).status);
    }
    const last = await ask(demo, chat, { method: 'POST', body: { content: 'x' } });
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(last.status).toBe(429);
    expect(last.headers.get('x-ratelimit-scope')).toBe('user');
    expect(last.headers.get('x-ratelimit-remaining')).toBe('0');
  });

  test('a planned answer replaces the real one as often as planned', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const answer = { status: 500, body: { code: 0, message: 'Internal Server Error' } };
    demo.rest.plan({ method: 'GET', path: /^\/users\/@me$/, answer, times: 1 });
    expect((await ask(demo, '/users/@me')).status).toBe(500);
    expect((await ask(demo, '/users/@me')).status).toBe(200);
  });

  test('the same port answers https, for clients that trust the authority in caFile', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const ca = readFileSync(demo.caFile);
    const headers = { Authorization: `Bot ${demo.token}`, 'User-Agent': userAgent };
    const text = await new Promise<string>((resolve, reject) => {
      const url = `https://${hostOf(demo)}/api/v10/gateway/bot`;
      get(url, { ca, headers, agent: false }, (response) => {
        response.once('data', (data: Buffer) => resolve(data.toString('utf8')));
      }).on('error', reject);
    });
    expect(JSON.parse(text)).toMatchObject({ url: `wss://${hostOf(demo)}` });
  });
});
