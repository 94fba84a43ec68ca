import { describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { ForeignBot } from '../support/foreign-bot.ts';

/** The demo without padding, which this client does not remove. */
const scenario = { ...SCENARIOS.calm, talks: 'stage', paddingRatio: 0 } as const;
const SILENCE = 'f8fffe';

describe('demo server and @discordjs/voice', () => {
  test('the client receives the packets of all four speakers’ files, and nothing else', async () => {
    await using demo = await startDemoServer({ scenario });
    using bot = new ForeignBot(demo, { token: demo.otherToken });
    const speakers = demo.setting.world.inVoice(demo.setting.channels.stage);
    await bot.until(() => speakers.every(({ userId }) => bot.heard(userId).length > 40));

    expect(bot.errors).toEqual([]);
    expect(speakers).toHaveLength(4);
    for (const [index, voice] of (['maya', 'theo', 'priya', 'callum'] as const).entries()) {
      const said = loadSpeech(voice).packets.map((packet) => Buffer.from(packet).toString('hex'));
      const heard = bot.heard(speakers[index]?.userId ?? '').filter((hex) => hex !== SILENCE);
      const from = said.indexOf(heard[0] ?? '');
      expect(heard.slice(0, 20)).toEqual(said.slice(from, from + 20));
    }
  });

  test('the client’s packets reach another client, one by one', async () => {
    await using demo = await startDemoServer({ scenario, speakers: 1 });
    demo.joins.order = 'state first';
    const say = loadSpeech('callum')
      .packets.slice(320, 420)
      .map((one) => Buffer.from(one).toString('hex'));
    using listener = new ForeignBot(demo, { token: demo.token });
    await listener.ready();
    using talker = new ForeignBot(demo, { token: demo.otherToken, say });
    await talker.until(({ told }) => told.some((one) => one.event === 'said'));
    const otherId = demo.setting.otherBot.userId;
    await listener.until(() => listener.heard(otherId).length >= 100);

    const heard = listener.heard(otherId).filter((hex) => hex !== SILENCE);
    // This client drops a speaker's first packet, by which it notices the speaker.
    expect(say.slice(-heard.length)).toEqual(heard);
    expect(heard.length).toBeGreaterThan(90);
    expect(listener.errors).toEqual([]);
  });
});
