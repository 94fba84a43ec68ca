import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toError } from '../../../main/base/errors.ts';
import { startDeadline, withLimit } from '../../../main/base/wait.ts';

const LATE = new Error('late');
const LIMIT = { limitMs: 1_000, onLimit: () => LATE };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a deadline', () => {
  test('aborts at its limit, with its error', () => {
    const { signal } = startDeadline(LIMIT, new AbortController().signal);
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toBe(LATE);
  });

  test('aborts with the outer signal, before and after it is disposed', () => {
    const outer = new AbortController();
    const gone = new Error('gone');
    const held = startDeadline(LIMIT, outer.signal);
    const disposed = startDeadline(LIMIT, outer.signal);
    disposed[Symbol.dispose]();
    outer.abort(gone);
    expect([held.signal.reason, disposed.signal.reason]).toEqual([gone, gone]);
  });

  test('has no timer left once it is disposed', () => {
    const deadline = startDeadline(LIMIT);
    deadline[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('work with a limit', () => {
  test.each([
    ['resolves', () => Promise.resolve('done'), 'done'],
    ['rejects', () => Promise.reject(new Error('refused')), 'refused'],
  ])('ends as the work does: %s', async (_, work, expected) => {
    const ended = withLimit(LIMIT, work).catch((error: unknown) => toError(error).message);
    expect(await ended).toBe(expected);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('rejects at the limit, and tells the work, which need not listen', async () => {
    let told: AbortSignal | null = null;
    const ended = withLimit(LIMIT, (signal) => {
      told = signal;
      return new Promise<never>(() => undefined);
    });
    const thrown = ended.catch((error: unknown) => error);
    vi.advanceTimersByTime(1_000);
    expect(await thrown).toBe(LATE);
    expect(told).toMatchObject({ aborted: true, reason: LATE });
  });

  test('rejects with the reason of the outer signal, also when that was aborted before', async () => {
    const gone = new Error('gone');
    const work = (): Promise<never> => new Promise<never>(() => undefined);
    await expect(withLimit(LIMIT, work, AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(vi.getTimerCount()).toBe(0);
  });
});
