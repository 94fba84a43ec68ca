import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';

/** As in vitest.config.ts: Debian's Chromium where there is one, else Playwright's own. */
const DEBIAN = '/usr/bin/chromium';

/** Chromium, to decode sound files as a page does: its own Ogg reader, pre-skip, end trimming and Opus decoder. */
export class BrowserDecoder implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<BrowserDecoder> {
    const browser = await chromium.launch({
      ...(existsSync(DEBIAN) ? { executablePath: DEBIAN } : {}),
      chromiumSandbox: process.getuid?.() !== 0, // Chromium does not start with its sandbox as root
    });
    return new BrowserDecoder(browser);
  }

  /** Each channel of `decodeAudioData` at 48 kHz, −1 to 1. */
  async decode(file: Uint8Array): Promise<readonly Float32Array[]> {
    const page = await this.#browser.newPage();
    const channels = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
      const context = new OfflineAudioContext(1, 1, 48_000);
      const decoded = await context.decodeAudioData(bytes.buffer);
      return Array.from({ length: decoded.numberOfChannels }, (_, channel) =>
        decoded.getChannelData(channel),
      );
    }, Buffer.from(file).toString('base64'));
    await page.close();
    return channels;
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
