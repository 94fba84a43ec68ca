import { describe, expect, test, vi } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { Voice } from '../../main/demo/talk/people.ts';
import { ForeignBot } from '../support/foreign-bot.ts';

/** No padding: this client does not remove it. */
const scenario = { ...SCENARIOS.calm, talks: 'voice', paddingRatio: 0 } as const;
const SILENCE = 'f8fffe';
const WAIT = { timeout: 10_000, interval: 20 };

/** This client hands ciphertext on while it has no keys at all; by its end it is known. */
function isOpened(hex: string): boolean {
  return hex !== SILENCE && !hex.endsWith('fafa');
}

function saidBy(voice: Voice): string[] {
  return loadSpeech(voice).packets.map((packet) => Buffer.from(packet).toString('hex'));
}

/** What is in no packet of that voice's file. */
function unknownTo(voice: Voice, heard: readonly string[]): string[] {
  const said = new Set(saidBy(voice));
  return heard.filter((hex) => isOpened(hex) && !said.has(hex));
}

/** What of `heard` was said, in the order in which it was said. */
function inOrder(said: readonly string[], heard: readonly string[]): string[] {
  let at = 0;
  return heard.filter((hex) => {
    const found = said.indexOf(hex, at);
    if (found >= 0) at = found + 1;
    return found >= 0;
  });
}

/** Each begins where it talks and goes on within seconds. */
const TALKERS = [
  { voice: 'maya', offsetFrames: 5556 },
  { voice: 'theo', offsetFrames: 2541 },
  { voice: 'priya', offsetFrames: 4291 },
] as const;

describe('the demo’s encrypted call, to two clients nobody here wrote', () => {
  test('both open what the speakers say, also when a third person comes and goes and a socket is cut', async () => {
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
    // This client loses what is replayed to it while it resumes; changes come after that.
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

  test('they open each other, and the server sees nothing but frames', async () => {
    await using demo = await startDemoServer({ scenario, speakers: 1 });
    demo.joins.order = 'state first';
    const say = saidBy('callum').slice(320, 420);
    using listener = new ForeignBot(demo, { token: demo.token });
    await listener.ready();
    using talker = new ForeignBot(demo, { token: demo.otherToken, say });
    const otherId = demo.setting.otherBot.userId;
    await listener.until(() => listener.heard(otherId).filter(isOpened).length > 60);
    // Perhaps with a hole: a starved client gives up its keys when 36 frames of before wait for it.
    const heard = listener.heard(otherId).filter(isOpened);
    expect(inOrder(say, heard)).toEqual(heard);
    expect(talker.errors).toEqual([]);
  });
});
