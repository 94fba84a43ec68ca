import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EmptyWatch } from '../../../main/session/empty-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(): { emptyWatch: EmptyWatch; onLimit: ReturnType<typeof vi.fn> } {
  const onLimit = vi.fn();
  const clock = { monotonicMs: () => Date.now(), wallMs: () => Date.now() };
  return { emptyWatch: new EmptyWatch({ limitMs: 1_000, clock, onLimit }), onLimit };
}

test('says so once when nobody was there for so long', () => {
  const { emptyWatch, onLimit } = watch();
  emptyWatch.update('empty');
  vi.advanceTimersByTime(600);
  emptyWatch.update('empty'); // a bot left: nobody is still nobody
  vi.advanceTimersByTime(399);
  expect(onLimit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onLimit).toHaveBeenCalledOnce();
});

test('begins anew when somebody came meanwhile', () => {
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

test('stands still while nothing is known', () => {
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

test('lets go of its timer', () => {
  const { emptyWatch, onLimit } = watch();
  emptyWatch.update('empty');
  emptyWatch[Symbol.dispose]();
  vi.advanceTimersByTime(5_000);
  expect(onLimit).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
