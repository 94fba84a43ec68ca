import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { giveNotices } from '../../../main/notice/notice.ts';

const PLACE = { channelId: '100000000000000001', botName: 'Deck' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a notice that nobody answers is not given after 15 s, and is let go of', async () => {
  let asked: AbortSignal | undefined;
  const createMessage = (_: string, __: object, signal?: AbortSignal): Promise<never> => {
    asked = signal;
    return new Promise(() => undefined);
  };
  const given = giveNotices({ createMessage }, PLACE, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(asked?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect((await given).map(({ failure }) => failure?.message)).toEqual([
    'discord has not taken the notice in time',
  ]);
  expect(asked?.aborted).toBe(true);
});

test('whoever gives up meanwhile hears of that, not of a notice', async () => {
  const giveUp = new AbortController();
  const createMessage = (): Promise<never> => new Promise(() => undefined);
  const given = giveNotices({ createMessage }, PLACE, giveUp.signal);
  giveUp.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
});

test('a message that Discord has taken is a notice given', async () => {
  const createMessage = () => Promise.resolve({ id: '1' });
  const signal = new AbortController().signal;
  expect(await giveNotices({ createMessage }, PLACE, signal)).toEqual([
    { kind: 'message', failure: null },
  ]);
});
