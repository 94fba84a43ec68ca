import { z } from 'zod';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { VoiceNews } from '../../../../main/demo/voice/voice-news.ts';
import { VoiceSession } from '../../../../main/demo/voice/voice-session.ts';
import { createSetting, silentState } from '../../../../main/demo/world/world-setup.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const message = z.object({ op: z.number(), d: z.unknown() });

/** A client in the voice channel with four others. */
function client(manner: VoiceNews['manner']) {
  const { world, channels, bot } = createSetting(new SeededRandom(1));
  const { id: channelId, guildId } = channels.voice;
  const others = ['11', '12', '13', '14'];
  const sent: z.output<typeof message>[] = [];
  const session = new VoiceSession(
    { guildId, channelId, userId: bot.userId, sessionId: 's', token: 't', region: 0 },
    5,
  );
  session.line = {
    version: 8,
    region: 0,
    send: (text) => sent.push(message.parse(JSON.parse(String(text)))),
    close: () => undefined,
    cut: () => undefined,
  };
  const news = new VoiceNews({
    world,
    random: new SeededRandom(2),
    namesDelayMs: 0,
    sessionsIn: () => [session],
    isOpen: () => true,
  });
  news.manner = manner;
  for (const userId of others)
    world.setVoiceState({ ...silentState, guildId, channelId, userId, sessionId: userId });
  const ops = (): number[] => sent.map(({ op }) => op);
  const of = (op: number): unknown[] => sent.filter((one) => one.op === op).map(({ d }) => d);
  return { news, session, others, channelId, ops, of };
}

test('who comes is told everybody at once', () => {
  const { news, session, others, of, ops } = client('whole');
  for (const tell of news.for(session)) tell();
  expect(of(11)).toEqual([{ user_ids: others }]);
  expect(ops()).not.toContain(12);
});

test('patchy news leave half of them out of op 11, which comes last', () => {
  const { news, session, of, ops } = client('patchy');
  for (const tell of news.for(session)) tell();
  expect(ops()).not.toContain(11);
  expect(new Set(ops())).toEqual(new Set([12, 14, 15, 16, 17, 18, 20]));
  expect(of(12)).toHaveLength(4);
  expect(of(12)[0]).toMatchObject({ user_id: '11', audio_ssrc: 0 });
  vi.advanceTimersByTime(700);
  expect(of(11)).toEqual([{ user_ids: ['12', '14'] }]);
});

test('patchy news of newcomers: each in op 12, half of them in op 11', () => {
  const { news, channelId, of } = client('patchy');
  for (let ssrc = 100; ssrc < 140; ssrc += 1)
    news.addSpeaker({ channelId, userId: String(ssrc), ssrc });
  vi.advanceTimersByTime(700);
  expect(of(12)).toHaveLength(40);
  expect(of(5)).toHaveLength(40);
  expect(of(11).length).toBeGreaterThan(10);
  expect(of(11).length).toBeLessThan(30);
});
