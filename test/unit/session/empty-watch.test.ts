import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EmptyWatch } from '../../../main/session/empty-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(limitMs = 1_000): { emptyWatch: EmptyWatch; onLimit: ReturnType<typeof vi.fn> } {
  const onLimit = vi.fn();
  const clock = { monotonicMs: () => Date.now(), wallMs: () => Date.now() };
  return { emptyWatch: new EmptyWatch({ limitMs, clock, onLimit }), onLimit };
}

test('calls onLimit once when the channel was empty for the limit', () => {
  const { emptyWatch, onLimit } = watch();
  emptyWatch.update('empty');
  vi.advanceTimersByTime(600);
  emptyWatch.update('empty'); // a bot left; there was no human before either
  vi.advanceTimersByTime(399);
  expect(onLimit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onLimit).toHaveBeenCalledOnce();
});

test('begins again after somebody was there', () => {
  const { emptyWatch, onLimit } = watch();
  emptyWatch.update('empty');
  vi.advanceTimersByTime(999);
  emptyWatch.update('people');
  vi.advanceTimersByTime(5_000);
  emptyWatch.update('empty');
  vi.advanceTimersByTime(999);
  expect(onLimit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onLimit).toHaveBeenCalledOnce();
});

test('does not count time in which the channel’s people are unknown', () => {
  const { emptyWatch, onLimit } = watch();
  emptyWatch.update('empty');
  vi.advanceTimersByTime(700);
  emptyWatch.update('unknown');
  vi.advanceTimersByTime(60_000);
  emptyWatch.update('empty');
  vi.advanceTimersByTime(299);
  expect(onLimit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onLimit).toHaveBeenCalledOnce();
});

test('keeps a limit that is longer than a timer can be', () => {
  const days = 86_400_000;
  const { emptyWatch, onLimit } = watch(40.5 * days);
  emptyWatch.update('empty');
  vi.advanceTimersByTime(40.5 * days - 1);
  expect(onLimit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onLimit).toHaveBeenCalledOnce();
});

test('leaves no timer when disposed', () => {
  const { emptyWatch, onLimit } = watch();
  emptyWatch.update('empty');
  emptyWatch[Symbol.dispose]();
  vi.advanceTimersByTime(5_000);
  expect(onLimit).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
