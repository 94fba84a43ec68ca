import { expect, test } from 'vitest';
import {
  counterSeconds,
  enterDemo,
  keptLevelsOf,
  lanes,
  pressStop,
  recordUntilSomebodySpeaks,
  snapshotOf,
  startApp,
} from '../support/electron-app.ts';

test('a reloaded page has the tape, the news, and the Save dialog', async () => {
  const { page, complaints } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  await expect.poll(() => counterSeconds(page), { timeout: 10_000 }).toBeGreaterThan(4);
  await page.keyboard.press('m');
  const marked = page.getByRole('main').getByText(/^Marker at 0:00:\d\d\.$/);
  await marked.waitFor();
  const before = await snapshotOf(page);
  const heard = barsOf(await keptLevelsOf(page));
  expect(heard.size).toBeGreaterThan(10);

  await page.reload();
  await marked.waitFor();
  await lanes(page).first().waitFor();
  await page
    .getByRole('row', { name: /, (Speaking|Quiet 0:)/ })
    .first()
    .waitFor();
  const kept = barsOf(await keptLevelsOf(page));
  expect([...heard].filter((bar) => !kept.has(bar))).toEqual([]);
  const after = await snapshotOf(page);
  if (before.session.kind !== 'recording' || after.session.kind !== 'recording')
    throw new Error('nothing is recorded');
  const { news } = before.session;
  expect(news.at(-1)?.kind).toBe('marked');
  expect(after.session.news.slice(0, news.length)).toEqual(news);

  await pressStop(page);
  const save = page.getByRole('button', { name: /^Save \d+ files$/ });
  await save.waitFor();
  await page.reload();
  await save.waitFor();
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('heading', { level: 1, name: 'Recordings' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Choose a voice channel' }).waitFor();
  expect(await complaints()).toEqual([]);
});

test('a hidden window is sent no levels, and is again once it is shown', async () => {
  const { electron, page } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  const count = await page.evaluateHandle(() => {
    const heard = { levels: 0, snapshots: 0 };
    window.tapedeck.on('levels', () => (heard.levels += 1));
    window.tapedeck.on('snapshot', () => (heard.snapshots += 1));
    return heard;
  });
  await expect.poll(async () => (await count.jsonValue()).levels).toBeGreaterThan(5);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const hidden = await count.jsonValue();
  await expect
    .poll(async () => (await count.jsonValue()).snapshots, { timeout: 10_000 })
    .toBeGreaterThan(hidden.snapshots + 4);
  const { levels } = await count.jsonValue();
  expect(levels - hidden.levels).toBeLessThanOrEqual(2); // batches that were sent before the window was hidden
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show());
  await expect.poll(async () => (await count.jsonValue()).levels).toBeGreaterThan(levels + 5);
});

/** Track and number of each bar of the batch. */
function barsOf({ speakers }: Awaited<ReturnType<typeof keptLevelsOf>>): ReadonlySet<string> {
  return new Set(
    speakers.flatMap(({ track, bars }) => bars.map(([bar]) => `${track} ${String(bar)}`)),
  );
}
