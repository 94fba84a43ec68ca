import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { flags, key, namesOf, note, openLive, politely, SECOND } from './recorder.ts';
import { useOwnMedia, useTheme, violations } from './window.ts';

beforeEach(useOwnMedia);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('markers', () => {
  test('the Marker key sets a marker, and the status line offers a note', async () => {
    const { bridge } = await openLive();
    await key('Marker').dblClick(); // a double click sets one marker
    expect(namesOf(bridge).filter((name) => name === 'session.mark')).toHaveLength(1);
    await expect.element(politely()).toHaveTextContent('Marker at 42 minutes 17.');
    await key('Add a note').click();
    await expect.element(note()).toHaveFocus();
    await userEvent.keyboard('Ship reveal{Enter}');
    expect(bridge.calls.at(-1)).toEqual({
      name: 'session.note-marker',
      input: { marker: 0, note: 'Ship reveal' },
    });
    await expect.element(flags()).toHaveTextContent('Ship reveal, at 0:42:17');
    await expect.element(key('Add a note')).not.toBeInTheDocument();
    await expect.element(page.getByRole('heading', { name: 'Session Zero' })).toHaveFocus();
  });

  test('M sets a marker; Shift+M also opens a field for its note', async () => {
    const { bridge } = await openLive();
    await userEvent.keyboard('m');
    await expect.element(flags()).toHaveTextContent('Marker, at 0:42:17');
    expect(note().query()).toBeNull();
    bridge.advance(SECOND);
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(note()).toHaveFocus();
    await expect.element(note()).toHaveAccessibleName('Note for the marker at 0:42:18');
    await expect.element(note()).toHaveAccessibleDescription(/^Enter keeps it\. Escape leaves/);
    bridge.advance(5 * SECOND);
    await userEvent.keyboard('mmm, my{Enter}');
    await expect.element(flags().nth(1)).toHaveTextContent('mmm, my, at 0:42:18');
    expect(namesOf(bridge).filter((name) => name === 'session.mark')).toHaveLength(2);
  });

  test('Escape leaves the marker without a note, and returns the focus', async () => {
    const { bridge } = await openLive();
    const stop = page.getByRole('button', { name: 'Stop and save' }).element();
    if (stop instanceof HTMLElement) stop.focus();
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(note()).toHaveFocus();
    await userEvent.keyboard('never mind{Escape}');
    await expect.element(note()).not.toBeInTheDocument();
    expect(namesOf(bridge)).not.toContain('session.note-marker');
    await expect.element(flags()).toHaveTextContent('Marker, at 0:42:17');
    expect(document.activeElement).toBe(stop);
  });

  test('leaving the field keeps the typed note; stopping by shortcut does too', async () => {
    const { bridge } = await openLive();
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(note()).toHaveFocus();
    await userEvent.keyboard('one');
    await key('Marker').click();
    await expect.element(note()).not.toBeInTheDocument();
    expect(namesOf(bridge).slice(-2)).toEqual(['session.note-marker', 'session.mark']);
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(note()).toHaveFocus();
    await userEvent.keyboard('two{Control>}{Shift>}r{/Shift}{/Control}');
    expect(bridge.calls.slice(-2)).toEqual([
      { name: 'session.note-marker', input: { marker: 2, note: 'two' } },
      { name: 'session.stop', input: {} },
    ]);
  });

  test('M typed into a text field sets no marker', async () => {
    const { bridge } = await openLive();
    await key('Recordings').click();
    await page.getByRole('searchbox').click();
    await userEvent.keyboard('mM');
    await expect.element(page.getByRole('searchbox')).toHaveValue('mM');
    expect(namesOf(bridge)).not.toContain('session.mark');
  });

  test('the note’s field of one recording does not open in the next', async () => {
    const { bridge } = await openLive();
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(note()).toHaveFocus();
    const { session } = bridge.snapshot;
    bridge.end({ code: 'kicked', details: {} });
    await expect.element(note()).not.toBeInTheDocument();
    bridge.change({ session });
    await expect.element(key('Pause')).toBeVisible();
    expect(note().query()).toBeNull();
  });

  test('while a dialog is open Shift+M sets a marker, and its field does not take the focus', async () => {
    const { bridge } = await openLive();
    await page.getByRole('button', { name: /^Encrypted/ }).click();
    await expect.element(page.getByRole('dialog')).toBeVisible();
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(politely()).toHaveTextContent('Marker at 42 minutes 17.');
    expect(namesOf(bridge)).toContain('session.mark');
    expect(note().query()).toBeNull();
  });
});

describe.each(['dark', 'light'] as const)('in the %s theme', (theme) => {
  test.each([
    [1280, 800],
    [900, 600],
    [640, 400],
  ])('the field for a note is accessible at %i by %i', async (width, height) => {
    await useTheme(theme);
    await page.viewport(width, height);
    await openLive('marked');
    await userEvent.keyboard('{Shift>}M{/Shift}');
    await expect.element(note()).toHaveFocus();
    expect(await violations()).toEqual([]);
  });
});
