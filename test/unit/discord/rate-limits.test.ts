import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RateLimits } from '../../../main/discord/rate-limits.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ROUTE = { key: 'GET /gateway/bot', major: '' };

function rig() {
  const told: number[] = [];
  const clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };
  return { limits: new RateLimits(clock, (waitMs) => told.push(waitMs)), told };
}

test.each([
  [4_900, []],
  [6_000, [6_000]],
])('a wait of %i ms is told when it is long, and kept', async (waitMs, expected) => {
  const { limits, told } = rig();
  limits.hold(ROUTE, { waitMs, scope: 'global' });
  let entered = false;
  const turn = limits.enter(ROUTE, new AbortController().signal).then(() => (entered = true));
  await vi.advanceTimersByTimeAsync(waitMs - 100);
  expect({ entered, told }).toEqual({ entered: false, told: expected });
  await vi.advanceTimersByTimeAsync(200);
  await turn;
  expect(told).toEqual(expected);
});

test('a wait of more than a minute is not made', async () => {
  const { limits, told } = rig();
  limits.hold(ROUTE, { waitMs: 61_000, scope: 'bucket' });
  await expect(limits.enter(ROUTE, new AbortController().signal)).rejects.toMatchObject({
    reason: 'rate-limited',
  });
  expect(told).toEqual([]);
});
