import { app, BrowserWindow, session } from 'electron';
import { findUpwards } from '../base/find-upwards.ts';
import { origin } from './app-protocol.ts';

/** Makes the window, hidden: sandboxed, isolated, navigation to other pages refused. */
export function createWindow(): BrowserWindow {
  lockSession();
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
  return window;
}

/** The address of our page: the development server's under `npm run dev`, `app:` otherwise and always in a packaged app. */
export function pageAddress(): { readonly url: string; readonly origin: string } {
  const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
  if (development === undefined) return { url: `${origin}/index.html`, origin };
  return { url: development, origin: new URL(development).origin };
}

/** Loads our page and shows the window when the page is drawn. The page may give commands as soon as it loads. */
export async function showWindow(window: BrowserWindow): Promise<void> {
  const shown = new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()));
  await window.loadURL(pageAddress().url);
  await shown;
  window.show();
}

/** Refuses every permission: the page needs none. */
function lockSession(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  );
  session.defaultSession.setPermissionCheckHandler(() => false);
}
