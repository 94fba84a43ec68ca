import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  enterDemo,
  pressStop,
  recordUntilSomebodySpeaks,
  startApp,
} from '../support/electron-app.ts';
import { expectSound } from '../support/finished-recording.ts';

test('a person pauses, sets a marker with a note, and finds both in the recording', async () => {
  const { page, home, complaints } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  const strip = page.getByRole('region', { name: 'Recorder' });

  await page.keyboard.press('Control+Shift+P');
  await strip.getByText('PAUSED').waitFor();
  await page.getByText(/^Paused at 0:00:\d\d\. Nothing that anyone says is kept/).waitFor();
  await strip.getByText('0:00:02', { exact: true }).waitFor(); // the lamp's second line: the time since the pause began
  await page.keyboard.press('Control+Shift+P');
  await strip.getByText('REC', { exact: true }).waitFor();

  await page.keyboard.press('Shift+M');
  const note = page.getByRole('textbox', { name: /^Note for the marker at 0:00:\d\d$/ });
  await note.pressSequentially('Ship reveal');
  await note.press('Enter');
  const flags = page.getByRole('list', { name: 'Marks on the tape' }).getByRole('listitem');
  await expect
    .poll(() => flags.allTextContents())
    .toEqual([
      expect.stringMatching(/^Paused, \d s, at 0:00:\d\d$/),
      expect.stringMatching(/^Ship reveal, at 0:00:\d\d$/),
    ]);

  await pressStop(page);
  await page.getByRole('dialog').getByRole('heading', { name: 'Save the recording' }).waitFor();
  const library = path.join(home, 'recordings');
  const [folder = ''] = await readdir(library);
  const { pauses, gaps, markers } = await expectSound(path.join(library, folder));
  expect(pauses).toHaveLength(1);
  const [[fromSamples, toSamples] = [0, 0]] = pauses;
  expect((toSamples - fromSamples) / 48_000).toBeGreaterThan(2);
  expect(gaps).toEqual([{ reason: 'pause', fromSamples, toSamples }]);
  expect(markers.map((marker) => marker.note)).toEqual(['Ship reveal']);
  expect(markers[0]?.samples).toBeGreaterThan(toSamples);
  expect(await complaints()).toEqual([]);
});
