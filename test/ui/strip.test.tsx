import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { key, note, openLive, strip } from './recorder.ts';
import { open, useOwnMedia, useTheme, violations } from './window.ts';

beforeEach(useOwnMedia);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the strip', () => {
  test.each([
    [1280, 800, 48],
    [1100, 800, 48],
    [1000, 700, 48],
    [900, 600, 32],
    [640, 400, 32],
    [450, 300, 32],
  ])(
    'at %i by %i has its keys in order, away from Stop and within the window',
    async (width, height, moat) => {
      await page.viewport(width, height);
      await openLive();
      const [pause, marker, stop] = ['Pause', 'Marker', 'Stop and save'].map((name) =>
        key(name).element().getBoundingClientRect(),
      );
      if (pause === undefined || marker === undefined || stop === undefined)
        throw new Error('no keys');
      const glass = strip().getByRole('group').element().getBoundingClientRect();
      expect(glass.right).toBeLessThanOrEqual(pause.left);
      expect(pause.right).toBeLessThan(marker.left);
      expect(stop.left - marker.right).toBeGreaterThanOrEqual(moat);
      expect(stop.right).toBeLessThanOrEqual(width);
      expect(pause.height).toBe(width < 760 ? 48 : 56);
      expect(marker.width).toBeGreaterThanOrEqual(48);
    },
  );

  test('the note’s field is above no key', async () => {
    for (const [width, height] of [
      [1280, 800],
      [900, 600],
      [640, 400],
      [450, 300],
    ] as const) {
      await page.viewport(width, height);
      await openLive();
      await userEvent.keyboard('{Shift>}M{/Shift}');
      await expect.element(note()).toHaveFocus();
      const field = note().element().parentElement?.getBoundingClientRect();
      const box = strip().element().getBoundingClientRect();
      expect(field?.bottom ?? Infinity).toBeLessThanOrEqual(box.top);
      expect(field?.left ?? -1).toBeGreaterThanOrEqual(0);
      expect(field?.top ?? -1).toBeGreaterThanOrEqual(0);
    }
  });
});

describe.each(['dark', 'light'] as const)('in the %s theme', (theme) => {
  test.each(['paused', 'marked-many'] as const)('%s is accessible at 640 by 400', async (name) => {
    await useTheme(theme);
    await page.viewport(640, 400);
    open(name);
    await expect.element(page.getByRole('main')).toBeInTheDocument();
    expect(await violations()).toEqual([]);
  });
});
