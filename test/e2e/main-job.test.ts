import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  counterSeconds,
  enterDemo,
  lanes,
  pressStop,
  recordUntilSomebodySpeaks,
  startApp,
} from '../support/electron-app.ts';
import { modesBelow } from '../support/file-modes.ts';
import { probeWav } from '../support/ffprobe.ts';
import { expectSound } from '../support/finished-recording.ts';

test('a person tries the demo, records, stops, saves, and finds what was recorded', async () => {
  const { page, home, complaints } = await startApp();
  const library = path.join(home, 'recordings');
  await enterDemo(page);
  expect(await page.getByText('Demo', { exact: true }).isVisible()).toBe(true);

  await recordUntilSomebodySpeaks(page);
  await expect.poll(() => lanes(page).count()).toBe(4);
  const drawings = (): Promise<string[]> =>
    page
      .locator('canvas')
      .evaluateAll((all) =>
        all.map((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : '')),
      );
  const before = await drawings();
  expect(before).toHaveLength(2); // the canvases of the tape and of the meters
  await expect
    .poll(async () => (await drawings()).map((drawing, index) => drawing !== before[index]))
    .toEqual([true, true]);
  const early = await counterSeconds(page);
  await expect.poll(() => counterSeconds(page), { timeout: 10_000 }).toBeGreaterThan(early + 1);

  await expect.poll(() => counterSeconds(page), { timeout: 10_000 }).toBeGreaterThan(3);
  await pressStop(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Save the recording' }).waitFor();
  const [folderName = ''] = await readdir(library);
  const folder = path.join(library, folderName);
  const manifest = await expectSound(folder);
  expect(manifest.state).toBe('complete');
  expect(manifest.samples).toBeGreaterThan(3 * 48_000);

  const count = manifest.tracks.length + 1;
  await dialog.getByRole('button', { name: `Save ${String(count)} files` }).click();
  await page
    .getByText(`${String(count)} files saved.`)
    .first()
    .waitFor();
  const names = manifest.tracks.map(({ file }) => `${path.posix.basename(file, '.opus')}.wav`);
  const exported = await readdir(path.join(folder, 'exports'));
  expect([...exported].sort()).toEqual([...names, 'mixdown.wav'].sort());
  const streams = await Promise.all(
    exported.map((name) => probeWav(path.join(folder, 'exports', name))),
  );
  const stream = { sampleRateHz: 48_000, channels: 2, samples: manifest.samples };
  expect(streams).toEqual(exported.map(() => stream));

  // Chromium leaves files in its own folder that others could read, if they could enter it.
  const modes = [...(await modesBelow(home))].filter(([name]) => !name.includes(path.sep));
  expect(modes.map(([name]) => name)).toEqual(
    expect.arrayContaining(['logs', 'recordings', 'window']),
  );
  if (process.platform !== 'win32')
    expect(modes.filter(([, mode]) => !['700', '600'].includes(mode))).toEqual([]);

  await dialog.getByRole('button', { name: 'Done' }).click();
  const rows = page.getByRole('grid', { name: 'Recordings, newest first' }).getByRole('row');
  await expect.poll(() => rows.count()).toBe(1);
  const row = await rows.first().textContent();
  expect(row).toContain(manifest.channel.name);
  expect(row).toContain('Complete');
  expect(await complaints()).toEqual([]);
});
