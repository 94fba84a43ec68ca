import { createRequire } from 'node:module';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication, Page } from 'playwright';
import { _electron } from 'playwright';
import { expect, onTestFinished } from 'vitest';
import type { Bridge } from '../../preload/contract/bridge.ts';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { scratchFolder } from './scratch-folder.ts';

declare global {
  interface Window {
    readonly tapedeck: Bridge;
  }
}

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Electron without its sandbox as root only, where Chromium refuses it. */
const SANDBOXED = process.getuid?.() !== 0;

/** No graphics card, no key store, a microphone to be refused, English: whatever this computer has. */
const SWITCHES = [
  '--disable-gpu',
  '--password-store=basic',
  '--use-fake-device-for-media-stream',
  '--lang=en-US',
];

/** What the test's own surroundings must not decide. */
const NOT_PASSED_ON =
  /^(DISCORD_|TAPEDECK_|ELECTRON_RENDERER_URL$|ELECTRON_RUN_AS_NODE$|INIT_CWD$)/;

/** The built app in its own window and its own folder. */
export interface DeskApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** `TAPEDECK_HOME`: everything the app keeps. */
  readonly home: string;
  /** What went wrong in the page since it was made: errors, warnings, and what its security policy stopped. */
  readonly complaints: () => Promise<readonly string[]>;
  /** Resolves with the exit code once the process has ended by itself. */
  readonly ended: Promise<number | null>;
}

/**
 * Starts the app of `out/` and waits for its window. When the test ends, so does the app, and
 * then its folders go.
 */
export async function startApp(env: Readonly<Record<string, string>> = {}): Promise<DeskApp> {
  const scratch = await scratchFolder();
  const home = path.join(scratch, 'home');
  const tmp = path.join(scratch, 'tmp');
  await Promise.all([mkdir(home), mkdir(tmp)]);
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || NOT_PASSED_ON.test(name) ? [] : [[name, value] as const],
  );
  const electron = await _electron.launch({
    executablePath: electronProgram(),
    args: ['.', ...SWITCHES],
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), TAPEDECK_HOME: home, TMPDIR: tmp, ...env },
    chromiumSandbox: SANDBOXED,
  });
  const child = electron.process();
  const ended = once(child, 'exit').then(() => child.exitCode);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await electron.close();
  });
  const page = await electron.firstWindow();
  await page.evaluate(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`stopped by the policy: ${violatedDirective} ${blockedURI}`);
    });
  });
  const complaints = async (): Promise<readonly string[]> => {
    const messages = await page.consoleMessages();
    const errors = await page.pageErrors();
    return [
      ...messages
        .filter((message) => message.type() === 'error' || message.type() === 'warning')
        .map((message) => message.text()),
      ...errors.map(({ message }) => message),
    ];
  };
  return { electron, page, home, complaints, ended };
}

/** The snapshot as the page gets it when it asks. */
export function snapshotOf(page: Page): Promise<Snapshot> {
  return page.evaluate(async () => {
    const next = new Promise<Snapshot>((resolve) => {
      const stop = window.tapedeck.on('snapshot', (snapshot) => {
        stop();
        resolve(snapshot);
      });
    });
    await window.tapedeck.invoke('window.ready', {});
    return next;
  });
}

/** Presses the demo's key on Welcome and waits until its channel is chosen. */
export async function enterDemo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the demo server' }).click();
  await recordKey(page).waitFor();
}

/** The key of a channel that can be recorded; its name says which. */
export const recordKey = (page: Page) => page.getByRole('button', { name: /^Record (?!:)/ });

/** The lanes of the deck, one for each person. */
export const lanes = (page: Page) =>
  page.getByRole('grid', { name: 'People on the tape' }).getByRole('row');

/** Presses Record and waits until somebody speaks. */
export async function recordUntilSomebodySpeaks(page: Page): Promise<void> {
  await recordKey(page).click();
  await page
    .getByRole('row', { name: /, Speaking,/ })
    .first()
    .waitFor();
}

/** Presses Stop as a person does, again where it was deaf: at first, and just after the window came to the front. */
export async function pressStop(page: Page): Promise<void> {
  const stop = page.getByRole('button', { name: /^Stop\b/ });
  await expect
    .poll(
      async () => {
        if (await stop.isVisible()) await stop.click();
        return stop.isVisible();
      },
      { timeout: 15_000, interval: 500 },
    )
    .toBe(false);
}

/** How long the counter says that the recording is, in seconds. */
export async function counterSeconds(page: Page): Promise<number> {
  const strip = await page.getByRole('region', { name: 'Recorder' }).textContent();
  const [, hours, minutes, seconds] = /(\d+):(\d\d):(\d\d\.\d)/.exec(strip ?? '') ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The package's main file gives the program's path where it runs outside of Electron. */
function electronProgram(): string {
  const program: unknown = createRequire(import.meta.url)('electron');
  if (typeof program !== 'string') throw new Error('electron gives no path');
  return program;
}
