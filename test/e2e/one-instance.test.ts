import type { ElectronApplication } from 'playwright';
import { expect, test } from 'vitest';
import { startApp } from '../support/electron-app.ts';

function isShown(electron: ElectronApplication): Promise<boolean | undefined> {
  return electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
}

test('a second start shows the window of the first and ends; other folders are another app', async () => {
  const { electron, startAgain } = await startApp();
  await expect.poll(() => isShown(electron)).toBe(true); // it is shown once its page is drawn
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await isShown(electron)).toBe(false);
  expect(await startAgain()).toEqual({
    exitCode: 0,
    stdout: 'Tapedeck is open already: its window is shown.\n',
  });
  await expect.poll(() => isShown(electron)).toBe(true);
  expect(electron.windows()).toHaveLength(1);
  const other = await startApp();
  await expect.poll(() => isShown(other.electron)).toBe(true);
});
