import { describe, expect, test } from 'vitest';
import { RollingWindow } from '../../../main/discord/rolling-window.ts';

describe('rolling window', () => {
  test('the 121st send of a minute waits until the first one is a minute old', () => {
    const window = new RollingWindow(120, 60_000);
    for (let sent = 0; sent < 120; sent += 1) expect(window.take(sent * 10)).toBe(0);
    expect(window.take(1_200)).toBe(58_800);
    expect(window.take(59_999)).toBe(1);
    expect(window.take(60_000)).toBe(0);
    expect(window.take(60_000)).toBe(10);
  });

  test('sends that leave a reserve wait while sends that use it still go', () => {
    const window = new RollingWindow(120, 60_000);
    for (let sent = 0; sent < 115; sent += 1) expect(window.take(0, 5)).toBe(0);
    expect(window.take(0, 5)).toBe(60_000);
    for (let sent = 0; sent < 5; sent += 1) expect(window.take(0)).toBe(0);
    expect(window.take(0)).toBe(60_000);
  });
});
