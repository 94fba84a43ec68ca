import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VoiceServer } from '../../../main/discord/voice-state.ts';
import { GUILD_ID, LOUNGE_ID } from '../../support/discord-payloads.ts';
import { FakeLinkGateway } from '../../support/fake-link-gateway.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = { monotonicMs: () => Date.now(), wallMs: () => Date.now() };
const LOUNGE = { guildId: GUILD_ID, channelId: LOUNGE_ID };

/** A join of the lounge that op 4 has just asked for, and its end: a server, or an error's reason. */
async function joining() {
  const gateway = new FakeLinkGateway(clock);
  const cancel = new AbortController();
  const ends: unknown[] = [];
  gateway.joinVoice({ ...LOUNGE, selfMute: true }, cancel.signal).then(
    (server: VoiceServer) => ends.push(server.token),
    (error: unknown) =>
      ends.push(error instanceof Error && 'reason' in error ? error.reason : error),
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(gateway.sent).toEqual([LOUNGE_ID]);
  return { gateway, ends, cancel };
}

function answer(gateway: FakeLinkGateway): void {
  gateway.tellState(LOUNGE_ID);
  gateway.tellServer('token');
}

describe('a join', () => {
  test('that Discord answers with nothing fails after 15 s', async () => {
    const { gateway, ends } = await joining();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toEqual(['join-timeout']);
    expect(gateway.sent).toEqual([LOUNGE_ID, null]);
  });

  test.for([[GUILD_ID], [null]])(
    'that is rate-limited is asked again when Discord takes it, of guild %s',
    async ([guildId = null]) => {
      const { gateway, ends } = await joining();
      gateway.limit(guildId, 20_000);
      await vi.advanceTimersByTimeAsync(19_999);
      expect(gateway.sent).toEqual([LOUNGE_ID]);
      await vi.advanceTimersByTimeAsync(1);
      expect(gateway.sent).toEqual([LOUNGE_ID, LOUNGE_ID]);
      await vi.advanceTimersByTimeAsync(14_000);
      answer(gateway);
      await vi.advanceTimersByTimeAsync(0);
      expect(ends).toEqual(['token']);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('is not asked again for the limit of another guild, nor by one who only follows', async () => {
    const { gateway, ends, cancel } = await joining();
    gateway.limit('77', 100);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gateway.sent).toEqual([LOUNGE_ID]);
    cancel.abort(new Error('over'));
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual([new Error('over')]);
    const follower = new AbortController();
    gateway.followVoice(LOUNGE, follower.signal).catch(() => undefined);
    gateway.limit(GUILD_ID, 100);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gateway.sent).toEqual([LOUNGE_ID]);
    follower.abort(new Error('over'));
  });

  test('is asked again for a minute at most, however often Discord limits it', async () => {
    const { gateway, ends } = await joining();
    for (let second = 0; second < 120; second += 1) {
      gateway.limit(GUILD_ID, 0);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(ends).toEqual(['join-timeout']);
    expect(gateway.sent.filter((channelId) => channelId !== null)).toHaveLength(61);
    expect(gateway.sent.at(-1)).toBeNull();
  });

  test('that would be limited for longer than that fails after 15 s', async () => {
    const { gateway, ends } = await joining();
    gateway.limit(GUILD_ID, 3_600_000);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(ends).toEqual(['join-timeout']);
  });

  test('is asked again when the session is resumed: op 4 may have been lost', async () => {
    const { gateway, ends } = await joining();
    await vi.advanceTimersByTimeAsync(10_000);
    gateway.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(gateway.sent).toEqual([LOUNGE_ID, LOUNGE_ID]);
    await vi.advanceTimersByTimeAsync(14_000);
    answer(gateway);
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual(['token']);
  });

  test('is not asked again when we are in the channel by then', async () => {
    const { gateway, ends } = await joining();
    gateway.tellState(LOUNGE_ID);
    gateway.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(gateway.sent).toEqual([LOUNGE_ID]);
    gateway.tellServer('token');
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual(['token']);
  });
});
