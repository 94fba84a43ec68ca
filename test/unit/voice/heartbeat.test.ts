import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Heartbeat } from '../../../main/voice/heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function startHeartbeat() {
  const seen: string[] = [];
  const heartbeat = new Heartbeat({
    intervalMs: 13_750.5,
    beat: () => void seen.push('beat'),
    onDead: () => void seen.push('dead'),
  });
  return { heartbeat, seen };
}

describe('heartbeat', () => {
  test('sends the first beat after one interval, and goes on while beats are acknowledged', () => {
    const { heartbeat, seen } = startHeartbeat();
    vi.advanceTimersByTime(13_000);
    expect(seen).toEqual([]);
    for (let count = 0; count < 10; count += 1) {
      vi.advanceTimersByTime(13_751);
      heartbeat.acknowledge();
    }
    expect(seen).toEqual(Array.from({ length: 10 }, () => 'beat'));
    heartbeat.close();
  });

  test('reports two beats without an acknowledgement, once, and ends', () => {
    const { seen } = startHeartbeat();
    vi.advanceTimersByTime(13_751 * 10);
    expect(seen).toEqual(['beat', 'beat', 'dead']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a late acknowledgement counts', () => {
    const { heartbeat, seen } = startHeartbeat();
    vi.advanceTimersByTime(13_751 * 2);
    heartbeat.acknowledge();
    vi.advanceTimersByTime(13_751 * 2);
    expect(seen).toEqual(['beat', 'beat', 'beat', 'beat']);
    heartbeat.close();
  });

  test('leaves no timer when closed', () => {
    const { heartbeat } = startHeartbeat();
    heartbeat.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
