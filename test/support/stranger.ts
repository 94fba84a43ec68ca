import path from 'node:path';
import type { ElectronApplication, Page } from 'playwright';

const PRELOAD = path.resolve(import.meta.dirname, '../../out/preload/preload.cjs');

/** Sends a command: gives `accepted`, or the error's text. Name and input need not be of the contract. */
export function answerTo(page: Page, name: string, input: unknown): Promise<string> {
  return page.evaluate(
    (words) => {
      const answer: unknown = Reflect.apply(window.tapedeck.invoke, undefined, words);
      return Promise.resolve(answer).then(
        () => 'accepted',
        (error: unknown) => String(error),
      );
    },
    [name, input] as const,
  );
}

/** The web preferences of our window, by a method of Electron that is not in its types. */
export function webPreferencesOf(electron: ElectronApplication): Promise<unknown> {
  return electron.evaluate(({ BrowserWindow }): unknown => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents ?? {};
    const read: unknown = Reflect.get(contents, 'getLastWebPreferences');
    return typeof read === 'function' ? Reflect.apply(read, contents, []) : null;
  });
}

/** Opens another window of the same process, with our preload script: a page that is not ours. */
export async function strangerWindow(electron: ElectronApplication, url: string): Promise<Page> {
  const [page] = await Promise.all([
    electron.waitForEvent('window'),
    electron.evaluate(
      async ({ BrowserWindow }, [preload, address]) => {
        const webPreferences = { preload, sandbox: true, contextIsolation: true };
        await new BrowserWindow({ show: false, webPreferences }).loadURL(address);
      },
      [PRELOAD, url] as const,
    ),
  ]);
  return page;
}

/** Lets the page navigate to `url`; true when the app prevented it. */
export async function navigationStopped(
  { electron, page }: { readonly electron: ElectronApplication; readonly page: Page },
  url: string,
): Promise<boolean> {
  const attempt = await electron.evaluateHandle(({ BrowserWindow }) => ({
    stopped: new Promise<boolean>((resolve) => {
      BrowserWindow.getAllWindows()[0]?.webContents.once('will-navigate', (event) =>
        setImmediate(() => {
          resolve(event.defaultPrevented);
        }),
      );
    }),
  }));
  await page.evaluate((address) => {
    location.href = address;
  }, url);
  return attempt.evaluate(({ stopped }) => stopped);
}
