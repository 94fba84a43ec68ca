import { app, BrowserWindow, session } from 'electron';
import { findUpwards } from '../base/find-upwards.ts';
import { origin } from './app-protocol.ts';

/** The window, not yet shown: sandboxed, isolated, unable to go anywhere but to our own page. */
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
      backgroundThrottling: false, // the tape goes on moving behind other windows
    },
  });
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.on('will-attach-webview', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  return window;
}

/** Where our page is, and its origin: under `npm run dev` the development server, never so in a packaged app. */
export function pageAddress(): { readonly url: string; readonly origin: string } {
  const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
  if (development === undefined) return { url: `${origin}/index.html`, origin };
  return { url: development, origin: new URL(development).origin };
}

/** Loads our page, which may give commands from here on, and shows it once it is drawn. */
export async function showWindow(window: BrowserWindow): Promise<void> {
  const shown = new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()));
  await window.loadURL(pageAddress().url);
  await shown;
  window.show();
}

/** The page asks for nothing and gets nothing. */
function lockSession(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  );
  session.defaultSession.setPermissionCheckHandler(() => false);
}
