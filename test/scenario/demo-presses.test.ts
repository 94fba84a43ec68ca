import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { ask } from '../support/demo-rest-client.ts';
import { openMain, properties } from '../support/raw-client.ts';
import type { RawSocket } from '../support/raw-client.ts';

const row = { type: 1, components: [{ type: 2, style: 4, label: 'Stop', custom_id: 'stop-a' }] };
const sent = z.object({ id: z.string() });
const interaction = z.object({ id: z.string(), token: z.string() });

/** A bot without intents that has posted a message with a button, and somebody in another channel who presses it. */
async function setUp(demo: DemoServer) {
  const socket = await openMain(demo);
  socket.send(2, { token: demo.token, intents: 0, properties });
  await socket.event('READY');
  const chat = `/channels/${demo.channelId}/messages`;
  const body = { content: 'Recording', components: [row] };
  const { id } = sent.parse((await ask(demo, chat, { method: 'POST', body })).body);
  const [nina] = demo.setting.world.inVoice(demo.setting.channels.full);
  return { socket, press: { by: nina?.userId ?? '', messageId: id, customId: 'stop-a' } };
}

/** Reads the next press and answers it, without the bot's token. */
async function answer(demo: DemoServer, socket: RawSocket, body: unknown) {
  const { id, token } = interaction.parse((await socket.event('INTERACTION_CREATE')).d);
  const post = () =>
    ask(demo, `/interactions/${id}/${token}/callback`, {
      method: 'POST',
      body,
      headers: { Authorization: '' },
    });
  return { token, first: await post(), second: await post() };
}

describe('demo presses', () => {
  test('reach the bot under any intents, as Discord tells them', async () => {
    await using demo = await startDemoServer({ speakers: 0, locale: 'ja' });
    const { socket, press } = await setUp(demo);
    demo.control.press({ ...press, locale: 'fr' });
    const { d } = await socket.event('INTERACTION_CREATE');
    const { guildId: guild_id, channelId: channel_id } = demo;
    expect(d).toMatchObject({
      version: 1,
      type: 3,
      application_id: demo.setting.bot.userId,
      guild_id,
      channel_id,
      locale: 'fr',
      guild_locale: 'ja',
      member: { user: { id: press.by, bot: false } },
      message: { id: press.messageId, channel_id, components: [row] },
      data: { component_type: 2, custom_id: 'stop-a' },
    });
    expect(interaction.parse(d).token).toMatch(/^[\w-]{100,}$/);
  });

  test('are answered with 204 once, and the answer is kept', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket, press } = await setUp(demo);
    demo.control.press(press);
    const data = { content: 'Only for you', flags: 64, components: [row] };
    const { first, second, token } = await answer(demo, socket, { type: 4, data });
    expect(first).toMatchObject({ status: 204, body: null });
    expect(second).toMatchObject({ status: 400, body: { code: 40060 } });
    expect(demo.interactions.answers).toMatchObject([{ press, type: 4, message: data }]);
    const original = `/webhooks/${demo.setting.bot.userId}/${token}/messages/@original`;
    const edit = await ask(demo, original, { method: 'PATCH', body: { content: 'Done' } });
    expect(edit).toMatchObject({ status: 200, body: { content: 'Done', flags: 64 } });
    const alien = await ask(demo, '/interactions/1/x/callback', {
      method: 'POST',
      body: { type: 6 },
    });
    expect(alien).toMatchObject({ status: 404, body: { code: 10062 } });
  });

  test.each([
    ['another type', { type: 1 }, 50035],
    ['no words', { type: 4, data: { flags: 64 } }, 50006],
    ['two buttons of one id', { type: 7, data: { components: [row, row] } }, 50035],
  ])('are not answered by %s', async (_, body, code) => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket, press } = await setUp(demo);
    demo.control.press(press);
    expect((await answer(demo, socket, body)).first).toMatchObject({ status: 400, body: { code } });
    expect(demo.interactions.answers).toEqual([]);
  });

  test('are told as a forger wants, and never to a bot whose application has an endpoint', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket, press } = await setUp(demo);
    demo.control.setInteractionsUrl('https://bots.example.test/');
    demo.control.press(press);
    demo.control.setInteractionsUrl(null);
    const forged = {
      applicationId: '1',
      guildId: '2',
      channelId: '3',
      messageId: '4',
      customId: 'stop-b',
    };
    demo.control.press({ ...press, forged });
    const { d } = await socket.event('INTERACTION_CREATE');
    expect(d).toMatchObject({
      application_id: '1',
      guild_id: '2',
      channel_id: '3',
      message: { id: '4', channel_id: '3' },
      data: { custom_id: 'stop-b' },
    });
    expect(socket.received.filter(({ t }) => t === 'INTERACTION_CREATE')).toHaveLength(1);
  });

  test('come from somebody in the call, in a scenario that has them', async () => {
    const presses = { text: 'Stop', orNth: 0, afterMs: 50 };
    await using demo = await startDemoServer({
      scenario: { ...SCENARIOS['asked-to-stop'], presses },
      speakers: 1,
    });
    const { socket } = await setUp(demo);
    const { d } = await socket.event('INTERACTION_CREATE');
    const [talker] = demo.people.in(demo.channelId);
    expect(d).toMatchObject({ member: { user: { id: talker } }, data: { custom_id: 'stop-a' } });
  });
});
