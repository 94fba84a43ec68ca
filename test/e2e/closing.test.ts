import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication } from 'playwright';
import { describe, expect, test } from 'vitest';
import {
  counterSeconds,
  enterDemo,
  recordUntilSomebodySpeaks,
  startApp,
} from '../support/electron-app.ts';
import { expectSound } from '../support/finished-recording.ts';

/** The ways in which a person or the system ends the app. */
const ENDINGS: readonly (readonly [string, (electron: ElectronApplication) => unknown])[] = [
  [
    'the window is closed',
    (electron) =>
      electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
  ],
  ['the app is quit', (electron) => electron.evaluate(({ app }) => app.quit())],
  ['the system asks it to end', (electron) => electron.process().kill('SIGTERM')],
];

describe('closing while recording', () => {
  test.each(ENDINGS)('loses nothing when %s', async (_, end) => {
    const { electron, page, home, ended } = await startApp();
    await enterDemo(page);
    await recordUntilSomebodySpeaks(page);
    const seconds = await counterSeconds(page);
    await Promise.all([ended, end(electron)]);
    expect(await ended).toBe(0);

    const library = path.join(home, 'recordings');
    const [folder = '', ...others] = await readdir(library);
    expect(others).toEqual([]);
    const manifest = await expectSound(path.join(library, folder));
    expect(manifest).toMatchObject({ state: 'complete', reason: 'user' });
    expect(manifest.samples).toBeGreaterThanOrEqual(seconds * 48_000);
    expect(manifest.tracks.length).toBeGreaterThan(0);
  });
});
