import { describe, expect, test } from 'vitest';
import { runPool } from '../../../main/export/run-pool.ts';

const never = new AbortController().signal;

describe('run pool', () => {
  test('results are in the order of the items, and no more run at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const work = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 10 - item; turn += 1) await Promise.resolve();
      running -= 1;
      return item * 2;
    };
    expect(await runPool([1, 2, 3, 4, 5], { limit: 2, work }, never)).toEqual([2, 4, 6, 8, 10]);
    expect(most).toBe(2);
  });

  test('after a failure the others are aborted, no more begin, and it is thrown when all have ended', async () => {
    const log: string[] = [];
    const work = async (item: string, signal: AbortSignal): Promise<void> => {
      log.push(`${item} begins`);
      await Promise.resolve();
      if (item === 'a') throw new Error('a failed');
      while (!signal.aborted) await Promise.resolve();
      log.push(`${item} ends`);
    };
    await expect(runPool(['a', 'b', 'c'], { limit: 2, work }, never)).rejects.toThrow('a failed');
    expect(log).toEqual(['a begins', 'b begins', 'b ends']);
  });

  test('an aborted signal begins nothing', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const work = (): Promise<never> => Promise.reject(new Error('begun'));
    await expect(runPool([1], { limit: 1, work }, signal)).rejects.toThrow('enough');
  });

  test('no items, no results', async () => {
    const work = (): Promise<number> => Promise.resolve(1);
    expect(await runPool([], { limit: 2, work }, never)).toEqual([]);
  });
});
