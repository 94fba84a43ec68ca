import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { ask } from '../support/demo-rest-client.ts';
import { openMain, properties, signIn } from '../support/raw-client.ts';
import type { RawSocket } from '../support/raw-client.ts';

/** Signs in without any intent, and reads READY. */
async function signInBare(demo: DemoServer): Promise<RawSocket> {
  const socket = await openMain(demo);
  socket.send(2, { token: demo.token, intents: 0, properties });
  await socket.event('READY');
  return socket;
}

describe('demo nickname and language', () => {
  test('a bot hears of its own nickname under any intents, whoever changes it', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const socket = await signInBare(demo);
    const own = `/guilds/${demo.guildId}/members/@me`;
    await ask(demo, own, { method: 'PATCH', body: { nick: '[REC] Tapedeck' } });
    const update = { guild_id: demo.guildId, user: { id: demo.setting.bot.userId } };
    const first = await socket.event('GUILD_MEMBER_UPDATE');
    expect(first.d).toMatchObject({ ...update, nick: '[REC] Tapedeck' });
    demo.control.setNick(demo.guildId, null);
    const second = await socket.event('GUILD_MEMBER_UPDATE');
    expect(second.d).toMatchObject({ ...update, nick: null });
  });

  test('a guild has the language that it was started with, until its owner chooses another', async () => {
    await using demo = await startDemoServer({ speakers: 0, locale: 'fr' });
    const { socket } = await signIn(demo);
    const created = socket.received.find(({ t }) => t === 'GUILD_CREATE');
    expect(created?.d).toMatchObject({ preferred_locale: 'fr' });
    demo.control.setPreferredLocale(demo.guildId, 'ja');
    const updated = await socket.event('GUILD_UPDATE');
    expect(updated.d).toMatchObject({ id: demo.guildId, preferred_locale: 'ja' });
  });
});

/** A row with one button of that id. */
const row = (customId: string): object => ({
  type: 1,
  components: [{ type: 2, style: 4, label: 'Stop', custom_id: customId }],
});

const sent = z.object({ id: z.string() });

/** Posts a message into the channel where everyone talks; gives its path. */
async function post(demo: DemoServer, body: object): Promise<string> {
  const chat = `/channels/${demo.channelId}/messages`;
  const { id } = sent.parse((await ask(demo, chat, { method: 'POST', body })).body);
  return `${chat}/${id}`;
}

describe('demo messages', () => {
  test('keep their buttons, are edited, read and deleted, and clients with the intent hear of it', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket } = await signIn(demo, { intents: 1 | (1 << 9) });
    const message = await post(demo, { content: 'Recording', components: [row('stop')] });
    const created = await socket.event('MESSAGE_CREATE');
    const kept = { content: 'Recording', edited_timestamp: null, components: [row('stop')] };
    expect(created.d).toMatchObject({ guild_id: demo.guildId, ...kept });
    expect((await ask(demo, message)).body).toMatchObject(kept);

    const change = { content: 'Ended', components: [] };
    const edited = await ask(demo, message, { method: 'PATCH', body: change });
    expect(edited).toMatchObject({ status: 200, body: change });
    expect((await socket.event('MESSAGE_UPDATE')).d).toMatchObject(change);
    expect((await ask(demo, message)).body).toMatchObject(change);
    const only = await ask(demo, message, { method: 'PATCH', body: { components: [row('a')] } });
    expect(only.body).toMatchObject({ content: 'Ended', components: [row('a')] });

    expect(await ask(demo, message, { method: 'DELETE' })).toMatchObject({ status: 204 });
    const id = message.split('/').at(-1);
    const gone = { id, channel_id: demo.channelId, guild_id: demo.guildId };
    expect((await socket.event('MESSAGE_DELETE')).d).toEqual(gone);
    const unknown = { status: 404, body: { code: 10008 } };
    expect(await ask(demo, message, { method: 'PATCH', body: change })).toMatchObject(unknown);
  });

  test('are refused when they have buttons that Discord refuses', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const refused = { status: 400, body: { code: 50035, errors: { components: {} } } };
    const body = { content: 'Recording', components: [row('a'), row('a')] };
    const chat = `/channels/${demo.channelId}/messages`;
    expect(await ask(demo, chat, { method: 'POST', body })).toMatchObject(refused);
    expect(demo.setting.world.messages).toEqual([]);
    const message = await post(demo, { content: 'Recording' });
    expect(await ask(demo, message, { method: 'PATCH', body })).toMatchObject(refused);
  });

  test('are changed by nobody but who wrote them, and deleted by a moderator', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const message = await post(demo, { content: 'Recording' });
    const headers = { Authorization: `Bot ${demo.otherToken}` };
    const body = { content: 'mine' };
    const refused = { status: 403, body: { code: 50005 } };
    expect(await ask(demo, message, { method: 'PATCH', body, headers })).toMatchObject(refused);
    const missing = { status: 403, body: { code: 50013 } };
    expect(await ask(demo, message, { method: 'DELETE', headers })).toMatchObject(missing);
    const empty = await ask(demo, message, { method: 'PATCH', body: { content: ' ' } });
    expect(empty).toMatchObject({ status: 400, body: { code: 50006 } });
    demo.control.deleteMessage(message.split('/').at(-1) ?? '');
    expect(await ask(demo, message)).toMatchObject({ status: 404, body: { code: 10008 } });
  });

  test('the application says where its interactions go', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const application = (): Promise<unknown> =>
      ask(demo, '/applications/@me').then(({ body }) => body);
    const { userId: id } = demo.setting.bot;
    expect(await application()).toMatchObject({ id, interactions_endpoint_url: null });
    demo.control.setInteractionsUrl('https://bots.example.test/press');
    const url = { interactions_endpoint_url: 'https://bots.example.test/press' };
    expect(await application()).toMatchObject(url);
  });
});
