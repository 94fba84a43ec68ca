import { expect, test } from 'vitest';
import { violationsOn } from '../support/axe-in-page.ts';
import {
  enterDemo,
  pressStop,
  recordUntilSomebodySpeaks,
  startApp,
} from '../support/electron-app.ts';

test('axe finds no violation on any screen of the built app', async () => {
  const { page, complaints } = await startApp();
  await page.getByRole('button', { name: 'Try the demo server' }).waitFor();
  const found = { welcome: await violationsOn(page) };
  await enterDemo(page);
  const channels = await violationsOn(page);
  await recordUntilSomebodySpeaks(page);
  const deck = await violationsOn(page);
  await pressStop(page);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Save \d/ })
    .waitFor();
  const saving = await violationsOn(page);
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('grid', { name: 'Recordings, newest first' }).waitFor();
  const recordings = await violationsOn(page);
  expect({ ...found, channels, deck, saving, recordings }).toEqual({
    welcome: [],
    channels: [],
    deck: [],
    saving: [],
    recordings: [],
  });
  expect(await complaints()).toEqual([]);
});
