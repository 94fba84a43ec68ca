import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { canvas, METERS, pictureOf, rgb } from './pixels.ts';
import { flags, key, namesOf, openLive, politely, SECOND, strip } from './recorder.ts';
import { open, useOwnMedia } from './window.ts';

beforeEach(useOwnMedia);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('pause', () => {
  test('is shown by lamp, status line and lanes, and announced; the counter goes on', async () => {
    const { bridge } = await openLive();
    await key('Pause').click();
    expect(bridge.calls.at(-1)).toEqual({ name: 'session.pause', input: {} });
    await expect.element(strip().getByText('PAUSED')).toBeVisible();
    await expect
      .element(
        page.getByRole('main').getByText(/^Paused at 0:42:17\. Nothing that anyone says is kept/),
      )
      .toBeVisible();
    await expect
      .element(page.getByRole('row', { name: 'Mara, Paused, nothing lost' }))
      .toBeVisible();
    await expect.element(politely()).toHaveTextContent('Paused.');
    bridge.advance(65 * SECOND);
    await expect.element(strip().getByText('0:01:05', { exact: true })).toBeVisible();
    await expect
      .element(strip().getByRole('group'))
      .toHaveAccessibleName(/^Paused for 65 seconds\. Recording Session Zero, 43 minutes 22/);
    await expect.element(flags()).toHaveTextContent('Paused, 65 s, at 0:42:17');
  });

  test('Go on ends it, and the status line says how long it was', async () => {
    const { bridge } = await openLive('paused');
    await key('Go on').click();
    expect(bridge.calls.at(-1)).toEqual({ name: 'session.resume', input: {} });
    await expect.element(strip().getByText('REC', { exact: true })).toBeVisible();
    await expect
      .element(
        page
          .getByRole('main')
          .getByText('Recording goes on. Paused for 12 seconds, marked on the tape.'),
      )
      .toBeVisible();
    await expect.element(politely()).toHaveTextContent('Recording goes on.');
    await expect.element(flags().nth(1)).toHaveTextContent('Paused, 12 s, at 0:42:05');
  });

  test.each([
    [1280, 800],
    [900, 600],
    [640, 400],
  ])('moves nothing in the window at %i by %i', async (width, height) => {
    await page.viewport(width, height);
    const { bridge, clock } = await openLive();
    const before = places();
    await key('Pause').click();
    await expect.element(key('Go on')).toBeVisible();
    bridge.advance(0);
    expect(places()).toEqual(before);
    clock.mockReturnValue(30_000);
    await key('Go on').click();
    await expect.element(key('Pause')).toBeVisible();
    expect(places()).toEqual(before);
  });

  test('a double click pauses once', async () => {
    const { bridge } = await openLive();
    await key('Pause').dblClick();
    await expect.element(key('Go on')).toBeVisible();
    expect(namesOf(bridge)).not.toContain('session.resume');
  });

  test('the click that brings the window to the front does not pause; a key press does', async () => {
    const { bridge } = await openLive();
    window.dispatchEvent(new Event('focus'));
    await key('Pause').click();
    expect(namesOf(bridge)).not.toContain('session.pause');
    await userEvent.keyboard('{Enter}'); // the click has left the focus on the key
    expect(namesOf(bridge)).toContain('session.pause');
  });

  test('Ctrl+Shift+P pauses and goes on, on every screen', async () => {
    const { bridge } = await openLive();
    await key('Settings').click();
    await userEvent.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
    await expect.element(strip().getByText('PAUSED')).toBeVisible();
    await expect.element(page.getByRole('img', { name: 'Paused' })).toBeVisible();
    await userEvent.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
    await expect.element(strip().getByText('REC', { exact: true })).toBeVisible();
    expect(namesOf(bridge).slice(-2)).toEqual(['session.pause', 'session.resume']);
  });

  test('the meters show nothing, from one moment to the next', async () => {
    const { bridge } = await openLive();
    await expect.poll(() => litColours()).not.toEqual([]);
    bridge.changeSession({ pausedAtSamples: 121_804_800 });
    await expect.poll(() => litColours()).toEqual([]);
  });

  test('a stop during a pause does not announce that recording goes on', async () => {
    const { bridge } = await openLive('paused');
    bridge.changeSession({ kind: 'stopping', pausedAtSamples: null });
    await expect.element(key('Pause')).toHaveAttribute('aria-disabled', 'true');
    await expect.element(key('Marker')).toHaveAttribute('aria-disabled', 'true');
    await key('Marker').click({ force: true });
    expect(namesOf(bridge)).not.toContain('session.mark');
    expect(politely().element().textContent).toBe('');
  });

  test('without a recording there is no Pause key, and the shortcuts do nothing', async () => {
    const bridge = open('signed-in');
    await expect.element(page.getByRole('button', { name: 'Record Session Zero' })).toBeVisible();
    await expect.element(key('Pause')).not.toBeInTheDocument();
    await userEvent.keyboard('{Control>}{Shift>}p{/Shift}{/Control}m{Shift>}M{/Shift}');
    expect(namesOf(bridge).filter((name) => name.startsWith('session.'))).toEqual([]);
    const refused = { ok: false, problem: { code: 'bad-request', details: {} } };
    expect(await bridge.invoke('session.pause', {})).toEqual(refused);
  });
});

/** Positions and sizes of everything that must not move. */
function places(): readonly (readonly number[])[] {
  const parts = document.querySelectorAll(
    '[aria-label="Recorder"] > *, [aria-label="Recorder"] button, main > *, [role="row"], canvas',
  );
  return Array.from(parts, (part) => {
    const { left, top, width, height } = part.getBoundingClientRect();
    return [left, top, width, height];
  });
}

/** Colours of lit meter segments. */
function litColours(): readonly string[] {
  const meters = canvas(METERS);
  const all = new Set(pictureOf(meters));
  return [...all].filter((one) => one !== '0 0 0 0' && one !== rgb('--pressed'));
}
