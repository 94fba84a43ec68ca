import type { BrowserWindow } from 'electron';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { pageAddress } from './window.ts';

/** A page that dies as soon as it is loaded is not loaded more often than that. */
const RELOAD_MS = 500;

/**
 * Loads our page again whenever its process has died, so that Stop comes back; main goes on recording meanwhile, and
 * tells the page what it missed.
 */
export function reviveDeadPage(window: BrowserWindow, log: Log): void {
  let timer: NodeJS.Timeout | undefined;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    log.error('the page died and is loaded again', { reason, exitCode });
    clearTimeout(timer);
    timer = setTimeout(() => {
      window.loadURL(pageAddress().url).catch((error: unknown) => {
        log.error('the page was not loaded again', { error: toError(error).message });
      });
    }, RELOAD_MS);
  });
  window.on('closed', () => clearTimeout(timer));
}
