import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { SCENE_NAMES } from '../support/fake-bridge/scenes.ts';
import { open, useTheme, violations } from './window.ts';

const THEMES = ['dark', 'light'] as const;

describe.each(THEMES)('in the %s theme', (theme) => {
  test.each(SCENE_NAMES)('the state %s is accessible', async (name) => {
    await useTheme(theme);
    open(name);
    await expect
      .element(page.getByRole('main').or(page.getByRole('dialog')).first())
      .toBeInTheDocument();
    expect(await violations()).toEqual([]);
  });

  test.each(['Deck', 'Recordings', 'Settings'])('the screen %s is accessible', async (name) => {
    await useTheme(theme);
    open('signed-in');
    await page.getByRole('button', { name, exact: true }).click();
    await expect.element(page.getByRole('heading', { level: 1 })).toHaveFocus();
    expect(await violations()).toEqual([]);
  });

  test('the Save dialog is accessible', async () => {
    await useTheme(theme);
    open('signed-in');
    await page.getByRole('button', { name: 'Recordings', exact: true }).click();
    await page
      .getByRole('button', { name: /^Save files of/ })
      .first()
      .click();
    await expect.element(page.getByRole('dialog')).toBeInTheDocument();
    expect(await violations()).toEqual([]);
  });
});
