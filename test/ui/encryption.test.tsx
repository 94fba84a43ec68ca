import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { encrypted, FAKE_CODE } from '../support/fake-bridge/encryption.ts';
import { open, useTheme, violations } from './window.ts';

const THEMES = ['dark', 'light'] as const;

const badge = (name: RegExp) => page.getByRole('main').getByRole('button', { name });
const dialog = () => page.getByRole('dialog');
const politely = () => page.getByRole('status');

/** The event with which the call's code changes. */
const changed = {
  event: 'e2ee',
  version: 1,
  epoch: 4,
  privacyCode: '1'.repeat(30),
} as const;

/** The 30 digits as screen readers say them. */
const SPOKEN = '5 2 8 1 8, 7 1 0 2 2, 4 0 4 1 7, 9 0 3 5 5, 1 8 2 6 4, 7 7 5 0 3';

describe('encryption badge', () => {
  test.each([
    ['stage', 'Stage: not encrypted by Discord'],
    ['not-encrypted', 'Not encrypted from end to end'],
    ['setting-up-encryption', 'Setting up encryption'],
  ] as const)('in the state %s it says so and opens nothing', async (name, words) => {
    open(name);
    await expect.element(page.getByRole('main').getByText(words)).toBeVisible();
    await expect.element(badge(/crypt/)).not.toBeInTheDocument();
  });

  test('shows the first ten digits and names them one by one for screen readers', async () => {
    open('live');
    const encryptedBadge = badge(/^Encrypted/);
    await expect.element(encryptedBadge).toHaveAccessibleName(/5 2 8 1 8, 7 1 0 2 2 and more$/);
    const digits = encryptedBadge.element().querySelector('bdi');
    expect(digits?.textContent).toBe('52818 71022 …');
    expect(getComputedStyle(digits ?? document.body).fontFamily).toMatch(/^"?B612 Mono/);
  });

  test('opens the whole code by keyboard, and Escape closes it', async () => {
    open('live');
    await expect.element(badge(/^Encrypted/)).toBeVisible();
    await tabTo(/^Encrypted/);
    await userEvent.keyboard('{Enter}');
    await expect.element(dialog()).toHaveAccessibleName('Privacy code');
    await expect.element(dialog()).toHaveTextContent('52818 71022 40417 90355 18264 77503');
    await expect.element(dialog().getByText(SPOKEN)).toBeInTheDocument();
    expect(dialog().element().contains(document.activeElement)).toBe(true);
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog()).not.toBeInTheDocument();
    await expect.element(badge(/^Encrypted/)).toHaveFocus();
  });

  test('copies the code and says so, to screen readers too', async () => {
    const bridge = open('live');
    await badge(/^Encrypted/).click();
    await page.getByRole('button', { name: 'Copy' }).click();
    expect(bridge.calls.at(-1)).toEqual({ name: 'session.copy-code', input: {} });
    await expect.element(page.getByRole('button', { name: 'Copied' })).toBeVisible();
    await expect.element(politely()).toHaveTextContent('Copied');
  });

  test('lists when the code changed, newest first', async () => {
    open('live');
    await badge(/^Encrypted/).click();
    const changes = dialog().getByRole('listitem');
    await expect.element(changes.nth(0)).toHaveTextContent(/^Changed at \d\d:\d\d52818 71022/);
    await expect.element(changes.nth(2)).toHaveTextContent(/^First code at \d\d:\d\d06884 13257/);
    await expect.element(dialog()).toHaveTextContent(/changes whenever someone comes or goes/);
  });

  test('says that the code changed, and announces it once, politely', async () => {
    const bridge = open('live');
    await expect.element(badge(/^Encrypted/)).toBeVisible();
    bridge.changeSession({ encryption: encrypted(0) }, changed);
    await expect.element(badge(/^Code changed at \d\d:\d\d$/)).toBeVisible();
    const sentence = 'The privacy code changed. Recording goes on.';
    await expect.element(page.getByRole('main').getByText(sentence)).toBeVisible();
    await expect.element(politely()).toHaveTextContent(sentence);
    expect(page.getByRole('alert').element().textContent).toBe('');
  });

  test('the first code is no change', async () => {
    const bridge = open('setting-up-encryption');
    await expect.element(page.getByText('Setting up encryption')).toBeVisible();
    const codes = [{ code: FAKE_CODE, sinceMs: Date.now() }];
    bridge.changeSession({ encryption: { kind: 'on', codes, hasOlderCodes: false } });
    await expect.element(badge(/^Encrypted/)).toBeVisible();
    expect(politely().element().textContent).toBe('');
  });

  test('a person who joins and the changed code are one announcement', async () => {
    const bridge = open('live');
    await expect.element(badge(/^Encrypted/)).toBeVisible();
    bridge.arrive('77', 'Ilse', { encryption: encrypted(0) }, changed);
    await expect
      .element(politely())
      .toHaveTextContent('Ilse joined. 5 people. The privacy code changed. Recording goes on.');
    await expect.element(page.getByText('Joined: Ilse. The privacy code changed.')).toBeVisible();
  });

  test('says whose sound cannot be decrypted, and how much is lost', async () => {
    open('undecryptable');
    await badge(/^Encryption failing 1\.3 s lost$/).click();
    await expect.element(dialog()).toHaveAccessibleName('Encryption failing');
    const people = dialog().getByRole('listitem');
    await expect.element(people.nth(0)).toHaveTextContent('Mara1.3 s lost so far');
    await expect.element(people.nth(1)).toHaveTextContent(/^Juniper 🌿Nothing recorded yet$/);
    await expect.element(dialog()).toHaveTextContent('52818 71022 40417 90355 18264 77503');
  });
});

describe('sound that cannot be decrypted', () => {
  test('is in the status line, the lanes and an announcement, until it can be decrypted', async () => {
    const bridge = open('live');
    await expect.element(badge(/^Encrypted/)).toBeVisible();
    bridge.loseKeys(0);
    const sentence = /Mara.’s sound cannot be decrypted just now\. Usually over in seconds/;
    const line = page.getByRole('main').getByText(sentence);
    await expect.element(line).toBeVisible();
    await expect.element(politely()).toHaveTextContent(sentence);
    await expect
      .element(page.getByRole('row', { name: /^Mara, cannot be decrypted just now/ }))
      .toBeVisible();
    bridge.loseKeys();
    await expect.element(line).not.toBeInTheDocument();
    await expect.element(badge(/^Encrypted/)).toBeVisible();
  });

  test('is shown in the lane of somebody without a track too', async () => {
    open('undecryptable');
    const juniper = page.getByRole('row', {
      name: 'Juniper 🌿, cannot be decrypted just now, nothing recorded yet',
    });
    await expect.element(juniper).toBeVisible();
    await expect.element(juniper.getByText('Cannot decrypt')).toBeVisible();
  });

  test('counts as lost; the hovered mark names each kind', async () => {
    open('undecryptable');
    const mara = page.getByRole('row', { name: /^Mara, cannot be decrypted/ });
    await expect
      .element(mara)
      .toHaveAccessibleDescription(
        /^0\.06 s did not arrive, last at 0:42:12\. 0\.04 s came too late, last at 0:42:12\. 1\.3 s could/,
      );
    await mara.getByText('Cannot decrypt').hover();
    const hint = page.getByRole('tooltip');
    await expect.element(hint).toHaveTextContent(/1\.3 s could not be decrypted, last at 0:42:/);
    await userEvent.keyboard('{Escape}');
    await expect.element(hint).not.toBeInTheDocument();
  });

  test('is named when its lane has the focus, in a small lane too', async () => {
    open('undecryptable-many');
    const lane = page.getByRole('row', { name: /^Bartholomew/ });
    await expect.element(lane).toBeVisible();
    await tabTo(/^Stop/, 'Shift');
    await userEvent.keyboard('{Tab}');
    const first = page.getByRole('row').nth(0).element();
    if (first instanceof HTMLElement) first.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}');
    await expect.element(lane).toHaveFocus();
    await expect.element(page.getByRole('tooltip')).toHaveTextContent(/could not be decrypted/);
  });

  test('is named at its position on the tape', async () => {
    open('undecryptable');
    await expect.element(badge(/^Encryption failing/)).toBeVisible();
    const canvas = document.querySelector('canvas');
    if (canvas === null) throw new Error('there is no tape');
    const { width } = canvas.getBoundingClientRect();
    await page.elementLocator(canvas).hover({ position: { x: width - 14, y: 40 } });
    await expect
      .element(page.getByRole('tooltip'))
      .toHaveTextContent(/^Lost at 0:42:\d\d0\.3 s could not be decrypted$/);
  });

  test('of several people is one sentence', async () => {
    open('undecryptable-many');
    await expect
      .element(page.getByText(/^The sound of 3 people cannot be decrypted just now\./))
      .toBeVisible();
    await expect.element(page.getByRole('button', { name: /notices$/ })).not.toBeInTheDocument();
  });
});

describe('a window at 200 % text', () => {
  test('folds the heading, whose content is in the status line’s menu', async () => {
    await page.viewport(640, 400);
    const bridge = open('live');
    const main = page.getByRole('main');
    await expect.element(main.getByRole('heading', { name: 'Session Zero' })).toBeInTheDocument();
    await expect.element(page.getByText('Session Zero, The Salt Road')).toBeVisible();
    await page.getByRole('button', { name: 'More about this recording' }).click();
    await expect.element(dialog().getByText(/^Told at/)).toBeVisible();
    await expect.element(dialog().getByText('Encrypted')).toBeVisible();
    await expect.element(dialog()).toHaveTextContent('52818 71022 40417 90355 18264 77503');
    await dialog().getByRole('button', { name: 'Copy' }).click();
    expect(bridge.calls.at(-1)?.name).toBe('session.copy-code');
    const strip = page.getByRole('region', { name: 'Recorder' }).element();
    expect(dialog().element().parentElement?.getBoundingClientRect().bottom).toBeLessThanOrEqual(
      strip.getBoundingClientRect().top,
    );
  });

  test('has the whole sentence of a trouble in that menu', async () => {
    await page.viewport(640, 400);
    open('undecryptable');
    await page.getByRole('button', { name: 'More about this recording' }).click();
    await expect
      .element(dialog().getByText(/just now\. Usually over in seconds; what is lost is marked\.$/))
      .toBeVisible();
  });
});

describe.each(THEMES)('opened in the %s theme', (theme) => {
  test.each([
    ['live', 1280, /^Encrypted/],
    ['code-changed', 1280, /^Code changed/],
    ['undecryptable', 900, /^Encryption failing/],
    ['undecryptable', 640, /^More about/],
    ['stage', 640, /^More about/],
  ] as const)('%s at %i pixels is accessible', async (name, width, key) => {
    await useTheme(theme);
    await page.viewport(width, width === 640 ? 400 : 800);
    open(name);
    await page.getByRole('button', { name: key }).click();
    await expect.element(dialog()).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});

/** Presses Tab until an element with that text has the focus. */
async function tabTo(name: RegExp, modifier?: 'Shift'): Promise<void> {
  const tab = modifier === undefined ? '{Tab}' : '{Shift>}{Tab}{/Shift}';
  for (let press = 0; press < 30; press += 1) {
    await userEvent.keyboard(tab);
    const focused = document.activeElement?.textContent ?? '';
    if (name.test(focused)) return;
  }
  throw new Error('it cannot be reached by Tab');
}
