import type { Page } from 'playwright';
import { expect, onTestFinished } from 'vitest';
import type { Bridge } from '../../preload/contract/bridge.ts';
import { events } from '../../preload/contract/event-schemas.ts';
import type { LevelBatch } from '../../preload/contract/events.ts';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { launchApp, type LaunchedApp } from './launched-app.ts';
import { scratchFolder } from './scratch-folder.ts';

declare global {
  interface Window {
    readonly tapedeck: Bridge;
  }
}

export interface DeskApp extends LaunchedApp {
  /** Errors and warnings of the page since it was made, and what its security policy stopped. */
  readonly complaints: () => Promise<readonly string[]>;
}

/** Starts the app of `out/` and waits for its window. When the test ends, the app is closed and its folders deleted. */
export async function startApp(env: Readonly<Record<string, string>> = {}): Promise<DeskApp> {
  const app = await launchApp(await scratchFolder(), env);
  onTestFinished(() => app.close());
  const { page } = app;
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
  return { ...app, complaints };
}

/** The snapshot that answers `window.ready`, parsed by the contract's schema. */
export async function snapshotOf(page: Page): Promise<Snapshot> {
  return events.snapshot.parse((await answersToReady(page))['snapshot']);
}

/** The levels that answer `window.ready` during a recording, parsed by the contract's schema. */
export async function keptLevelsOf(page: Page): Promise<LevelBatch> {
  return events.levels.parse((await answersToReady(page))['levels']);
}

/** Sends `window.ready`; gives the first payload of each event that answers it. The snapshot comes last. */
function answersToReady(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const { on, invoke } = window.tapedeck;
    const answers: Record<string, unknown> = {};
    const stops: (() => void)[] = [];
    const whole = new Promise<void>((resolve) => {
      // Levels come every 50 ms too: those that answer `window.ready` are the first behind the library.
      stops.push(
        on('library', (payload) => (answers['library'] ??= payload)),
        on('levels', (payload) => {
          if ('library' in answers) answers['levels'] ??= payload;
        }),
        on('snapshot', (payload) => {
          if (!('library' in answers)) return;
          answers['snapshot'] = payload;
          resolve();
        }),
      );
    });
    await invoke('window.ready', {});
    await whole;
    for (const stop of stops) stop();
    return answers;
  });
}

/** Presses `Try the demo server` on the welcome screen and waits until a channel can be recorded. */
export async function enterDemo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the demo server' }).click();
  await recordKey(page).waitFor();
}

/** The Record key of a channel that can be recorded; its name ends with the channel's. */
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

/**
 * Presses Stop until it is gone, every 500 ms: presses right after it appears, or after the window got the focus, are
 * ignored (renderer/deck/press-guard.ts).
 */
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

/** The counter's time in the strip, in seconds. */
export async function counterSeconds(page: Page): Promise<number> {
  const strip = await page.getByRole('region', { name: 'Recorder' }).textContent();
  const [, hours, minutes, seconds] = /(\d+):(\d\d):(\d\d\.\d)/.exec(strip ?? '') ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
