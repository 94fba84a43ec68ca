import { describe, expect, test } from 'vitest';
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
