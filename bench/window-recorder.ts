import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import type { DemoServer } from '../main/demo/start-demo-server.ts';
import { launchApp, type LaunchedApp } from '../test/support/launched-app.ts';

/** The app with its window, operated as a person does. */
export class WindowRecorder implements AsyncDisposable {
  readonly #app: LaunchedApp;

  private constructor(app: LaunchedApp) {
    this.#app = app;
  }

  /** Signs in to that demo Discord, chooses its encrypted channel and presses Record. */
  static async start(demo: DemoServer, scratch: string): Promise<WindowRecorder> {
    const app = await launchApp(scratch, { DISCORD_API_URL: demo.apiUrl });
    const { page } = app;
    await page.getByLabel('Bot token').fill(demo.token);
    await page.getByRole('button', { name: 'Continue' }).click();
    const name = new RegExp(`^${demo.setting.channels.voice.name}`);
    await page.getByRole('option', { name }).or(page.getByRole('row', { name })).first().click();
    await page.getByRole('button', { name: /^Record (?!:)/ }).click();
    return new WindowRecorder(app);
  }

  get pid(): number {
    return this.#app.electron.process().pid ?? NaN;
  }

  /** Resolves with the recording's folder when the deck has a lane for so many. */
  async announced(speakers: number): Promise<{ folder: string }> {
    const { page, home } = this.#app;
    await lanes(page)
      .nth(speakers - 1)
      .waitFor({ state: 'attached' });
    const library = path.join(home, 'recordings');
    const [folder = ''] = await readdir(library);
    return { folder: path.join(library, folder) };
  }

  /** How many frames the window draws in a second, over the next two. */
  framesPerSecond(): Promise<number> {
    return this.#app.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const fromMs = performance.now();
          let frames = 0;
          const count = (): void => {
            const elapsedMs = performance.now() - fromMs;
            if (elapsedMs >= 2_000) return resolve((frames * 1_000) / elapsedMs);
            frames += 1;
            requestAnimationFrame(count);
          };
          requestAnimationFrame(count);
        }),
    );
  }

  /** Ends the recording; resolves when its folder is closed. */
  async stop(): Promise<void> {
    const { page } = this.#app;
    await page.getByRole('button', { name: /^Stop\b/ }).click();
    await page.getByRole('heading', { name: 'Save the recording' }).waitFor();
  }

  close(): Promise<void> {
    return this.#app.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const lanes = (page: Page) =>
  page.getByRole('grid', { name: 'People on the tape' }).getByRole('row');
