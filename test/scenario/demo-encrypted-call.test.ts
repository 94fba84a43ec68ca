import { describe, expect, test, vi } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { Voice } from '../../main/demo/talk/people.ts';
import { ForeignBot } from '../support/foreign-bot.ts';

/** The demo without padding, which this client does not remove. */
const scenario = { ...SCENARIOS.calm, talks: 'voice', paddingRatio: 0 } as const;
const SILENCE = 'f8fffe';
const WAIT = { timeout: 10_000, interval: 20 };

/** This client passes ciphertext on while it has no keys: ciphertext ends in the marker FA FA. */
function isOpened(hex: string): boolean {
  return hex !== SILENCE && !hex.endsWith('fafa');
}

function saidBy(voice: Voice): string[] {
  return loadSpeech(voice).packets.map((packet) => Buffer.from(packet).toString('hex'));
}

/** Packets that are in no file of that voice. */
function unknownTo(voice: Voice, heard: readonly string[]): string[] {
  const said = new Set(saidBy(voice));
  return heard.filter((hex) => isOpened(hex) && !said.has(hex));
}

/** Those of `heard` that were sent, in the order in which they were sent. */
function inOrder(said: readonly string[], heard: readonly string[]): string[] {
  let at = 0;
  return heard.filter((hex) => {
    const found = said.indexOf(hex, at);
    if (found >= 0) at = found + 1;
    return found >= 0;
  });
}

/** Two voices, each at an offset where it talks and goes on within seconds. */
const TALKERS = [
  { voice: 'maya', offsetFrames: 5556 },
  { voice: 'theo', offsetFrames: 2541 },
  { voice: 'priya', offsetFrames: 4291 },
] as const;

describe('the demo’s encrypted call, with @discordjs/voice', () => {
  test('two clients open the speakers’ frames, also when a third joins and leaves and a socket is cut', async () => {
    await using demo = await startDemoServer({ scenario, speakers: 0 });
    demo.joins.order = 'state first';
    const { voice: channel } = demo.setting.channels;
    const people = TALKERS.map((style) => ({ ...style, userId: demo.people.add(channel, style) }));
    using first = new ForeignBot(demo, { token: demo.token });
    using second = new ForeignBot(demo, { token: demo.otherToken });
    const bots = [first, second];
    const opened = (bot: ForeignBot, userId: string) => bot.heard(userId).filter(isOpened).length;
    const all = (bot: ForeignBot) =>
      people.reduce((sum, { userId }) => sum + opened(bot, userId), 0);
    /** Both open so many more frames. */
    const goOn = async (count: number): Promise<void> => {
      const marks = bots.map((bot) => ({ bot, enough: all(bot) + count }));
      await Promise.all(marks.map(({ bot, enough }) => bot.until(() => all(bot) >= enough)));
    };
    const everyone = (bot: ForeignBot) => people.every(({ userId }) => opened(bot, userId) > 20);
    await Promise.all(bots.map((bot) => bot.until(everyone)));
    const room = demo.dave.roomOf(channel.id);
    const guest = demo.people.add(channel, { voice: 'callum' });
    await vi.waitFor(() => expect(room?.members).toContain(guest), WAIT);
    await goOn(20);
    demo.people.leave(guest);
    await vi.waitFor(() => expect(room?.members).not.toContain(guest), WAIT);
    await goOn(20);
    demo.control.cutVoice();
    await goOn(20);
    // This client loses messages that are replayed while it resumes: keys change after that.
    const line = () => demo.voice.sessionOf(demo.setting.bot.userId)?.line;
    await vi.waitFor(() => expect(line()).not.toBeNull(), WAIT);
    demo.people.enter(guest, channel);
    await vi.waitFor(() => expect(room?.members).toContain(guest), WAIT);
    await goOn(20);

    for (const bot of bots) {
      for (const { userId, voice } of [...people, { userId: guest, voice: 'callum' } as const]) {
        expect(unknownTo(voice, bot.heard(userId))).toEqual([]);
      }
      expect(bot.errors).toEqual([]);
    }
  });

  test('two clients open each other’s frames, and the server gets encrypted frames only', async () => {
    await using demo = await startDemoServer({ scenario, speakers: 1 });
    demo.joins.order = 'state first';
    const say = saidBy('callum').slice(320, 420);
    using listener = new ForeignBot(demo, { token: demo.token });
    await listener.ready();
    using talker = new ForeignBot(demo, { token: demo.otherToken, say });
    const otherId = demo.setting.otherBot.userId;
    await listener.until(() => listener.heard(otherId).filter(isOpened).length > 60);
    // A gap is allowed: a client without CPU time drops its keys when 36 frames of earlier keys wait for it.
    const heard = listener.heard(otherId).filter(isOpened);
    expect(inOrder(say, heard)).toEqual(heard);
    expect(talker.errors).toEqual([]);
  });
});
