import { app, BrowserWindow, session } from 'electron';
import { systemErrorCode, toError } from '../base/errors.ts';
import { findUpwards } from '../base/find-upwards.ts';
import { origin } from './app-protocol.ts';
import { closeNetwork, closeWebRtc, lookUpNoNames } from './no-network.ts';

/** What the window needs before the app is ready. */
export function prepareWindow(): void {
  if (developmentServer() === null) lookUpNoNames();
}

/** Refuses every permission and every network: the page needs none. To be called once, before the window is made. */
export async function lockSession(): Promise<void> {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  if (developmentServer() === null) await closeNetwork(defaultSession);
}

/** Makes the window, hidden: sandboxed, isolated, navigation to other pages refused. */
export function createWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 900,
    minHeight: 600,
    show: false,
    useContentSize: true,
    autoHideMenuBar: true,
    title: 'Tapedeck',
    backgroundColor: '#161614',
    webPreferences: {
      preload: findUpwards('preload/preload.cjs', 'out/preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      backgroundThrottling: false, // the tape is drawn behind other windows too
    },
  });
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.on('will-attach-webview', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  if (developmentServer() === null) closeWebRtc(window.webContents);
  return window;
}

/** The address of our page: the development server's under `npm run dev`, `app:` otherwise and always in a packaged app. */
export function pageAddress(): { readonly url: string; readonly origin: string } {
  const development = developmentServer();
  if (development === null) return { url: `${origin}/index.html`, origin };
  return { url: development, origin: new URL(development).origin };
}

/**
 * Loads our page and shows the window when the page is drawn. The page may give commands as soon as it loads. Throws when
 * our page cannot be loaded. `ERR_ABORTED`: the page began a download, or to load itself again, before it was whole.
 */
export async function showWindow(window: BrowserWindow): Promise<void> {
  const shown = new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()));
  await window.loadURL(pageAddress().url).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'ERR_ABORTED') throw toError(error);
  });
  await shown;
  window.show();
}

/** Shows the window to somebody who looks for it, wherever it is. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Address of the page under `npm run dev`, which is the only one that needs a network; null otherwise. */
function developmentServer(): string | null {
  return app.isPackaged ? null : (process.env['ELECTRON_RENDERER_URL'] ?? null);
}
