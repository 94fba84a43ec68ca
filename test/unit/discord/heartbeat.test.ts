import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Heartbeat } from '../../../main/discord/heartbeat.ts';

describe('heartbeat', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function start(intervalMs: number, random = 0.25) {
    const beat = vi.fn();
    const onZombie = vi.fn();
    const heartbeat = new Heartbeat({ intervalMs, random: () => random }, { beat, onZombie });
    return { beat, onZombie, heartbeat };
  }

  test('the first beat comes after a random part of the interval, the others an interval apart', () => {
    const { beat, heartbeat } = start(40_000);
    vi.advanceTimersByTime(9_999);
    expect(beat).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1);
    expect(beat).toHaveBeenCalledTimes(1);
    heartbeat.acknowledge();
    vi.advanceTimersByTime(40_000);
    expect(beat).toHaveBeenCalledTimes(2);
    heartbeat.close();
  });

  test('a beat that was not acknowledged when the next is due ends the beats', () => {
    const { beat, onZombie } = start(40_000);
    vi.advanceTimersByTime(1_000_000);
    expect(beat).toHaveBeenCalledTimes(1);
    expect(onZombie).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an absurd interval neither floods nor overflows the timer', () => {
    const fast = start(0.001, 0.5);
    vi.advanceTimersByTime(9);
    expect(fast.beat).toHaveBeenCalledTimes(0);
    fast.heartbeat.close();
    const slow = start(1e12, 0.999);
    vi.advanceTimersByTime(1_000);
    expect(slow.beat).toHaveBeenCalledTimes(0);
    slow.heartbeat.close();
  });
});
