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
  /** What went wrong in the page since it was made: errors, warnings, and what its security policy stopped. */
  readonly complaints: () => Promise<readonly string[]>;
}

/**
 * Starts the app of `out/` and waits for its window. When the test ends, so does the app, and
 * then its folders go.
 */
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

/** The snapshot as the page gets it when it asks, held to the contract. */
export async function snapshotOf(page: Page): Promise<Snapshot> {
  return events.snapshot.parse((await answersToReady(page))['snapshot']);
}

/** The levels that the page gets when it asks while something is recorded, held to the contract. */
export async function keptLevelsOf(page: Page): Promise<LevelBatch> {
  return events.levels.parse((await answersToReady(page))['levels']);
}

/** By name, what came between the question and the snapshot, which comes last; of each name the first. */
function answersToReady(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const { on, invoke } = window.tapedeck;
    const answers: Record<string, unknown> = {};
    const stops: (() => void)[] = [];
    const whole = new Promise<void>((resolve) => {
      // Levels come by themselves as well: those of the answer stand behind its library.
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
