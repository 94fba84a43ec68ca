import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DaveJudge } from '../../../../main/demo/dave/dave-judge.ts';

const told: string[] = [];
const judge = new DaveJudge({ onVoid: (userId, why) => told.push(`${userId} ${why}`) });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  told.length = 0;
});
afterEach(() => {
  judge.forget('1');
  vi.useRealTimers();
});

test('a commit that does not come within a second of proposals is missed', () => {
  judge.proposed('1', () => true);
  vi.advanceTimersByTime(999);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['1 no commit came']);
});

test('a commit that comes, or is not needed any more, is not missed', () => {
  judge.proposed('1', () => true);
  judge.commits('1', 7, 7);
  judge.proposed('1', () => false);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([]);
});

test.each([
  { epoch: 6, current: 7, isWrong: false }, // crossed by another one's
  { epoch: 5, current: 7, isWrong: true },
  { epoch: 8, current: 7, isWrong: true },
])('a commit of epoch $epoch in epoch $current', ({ epoch, current, isWrong }) => {
  judge.commits('1', epoch, current);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveLength(isWrong ? 1 : 0);
});

test('a commit of the group before may cross op 24', () => {
  judge.beginsAnew('1');
  judge.commits('1', 7, 0);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([]);
});

test('the third op 31 within a minute is one too many', () => {
  for (const pauseMs of [0, 50_000, 20_000]) {
    vi.advanceTimersByTime(pauseMs);
    judge.recovers('1');
  }
  expect(told).toEqual([]);
  judge.recovers('1');
  expect(told).toEqual(['1 op 31 again and again']);
});
