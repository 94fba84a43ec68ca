import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication } from 'playwright';
import { expect, test } from 'vitest';
import { enterDemo, recordUntilSomebodySpeaks, startApp } from '../support/electron-app.ts';
import { expectSound } from '../support/finished-recording.ts';

/** Presses a button of the page by the beginning of its name; false when there is none. Playwright gives up a page that died. */
function press(electron: ElectronApplication, name: string): Promise<boolean> {
  return electron.evaluate(async ({ BrowserWindow }, begin) => {
    const pressed: unknown = await BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(`
      (() => {
        const named = (button) => (button.ariaLabel ?? button.textContent).startsWith(${JSON.stringify(begin)});
        const found = [...document.querySelectorAll('button')].find(named);
        found?.click();
        return found !== undefined;
      })()`);
    return pressed === true;
  }, name);
}

test('a page that dies while recording is loaded again, with Stop, and the recording goes on', async () => {
  const { electron, page, home } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  await electron.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const loadedAgain = new Promise<void>((resolve) =>
      contents?.once('did-finish-load', () => resolve()),
    );
    contents?.forcefullyCrashRenderer();
    await loadedAgain;
  });
  await expect.poll(() => press(electron, 'Stop'), { timeout: 20_000 }).toBe(true);
  const library = path.join(home, 'recordings');
  const [folder = ''] = await readdir(library);
  // Presses right after the key appears are ignored: pressed until it is gone.
  await expect.poll(() => press(electron, 'Stop'), { timeout: 20_000, interval: 500 }).toBe(false);
  const manifest = await expectSound(path.join(library, folder));
  expect(manifest).toMatchObject({ state: 'complete', reason: 'user', gaps: [] });
});
