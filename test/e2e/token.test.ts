import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { demoFor } from '../support/demo.ts';
import { recordKey, snapshotOf, startApp } from '../support/electron-app.ts';

/** Encodings in which a file could have the token. */
function spellings(token: string): readonly Buffer[] {
  return [
    Buffer.from(token),
    Buffer.from(token, 'utf16le'),
    Buffer.from(Buffer.from(token).toString('base64').slice(0, -4)),
  ];
}

async function filesWith(token: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  const found = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      const bytes = await readFile(file);
      return spellings(token).some((spelling) => bytes.includes(spelling)) ? [file] : [];
    }),
  );
  return found.flat();
}

/** Keeps every event that the page gets from now on; the answer reads them as JSON. */
async function eavesdrop(page: Page): Promise<() => Promise<string>> {
  const heard = await page.evaluateHandle(() => {
    const events: string[] = [];
    window.tapedeck.on('snapshot', (snapshot) => events.push(JSON.stringify(snapshot)));
    window.tapedeck.on('library', (change) => events.push(JSON.stringify(change)));
    window.tapedeck.on('levels', (batch) => events.push(JSON.stringify(batch)));
    return events;
  });
  return async () => (await heard.jsonValue()).join('\n');
}

/** Everything in the page that a script could read: markup, inputs, storage, cookies, address, history. */
function pageHolds(page: Page): Promise<string> {
  return page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...Array.from(document.querySelectorAll('input'), (input) => input.value),
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
      document.cookie,
      location.href,
      JSON.stringify(history.state),
    ].join('\n'),
  );
}

describe('the bot token', () => {
  test('is refused with a sentence when wrong, signs in when right, and is then in no file, event or page', async () => {
    const { demo } = await demoFor();
    const { token } = demo;
    const { electron, page, home, complaints, ended } = await startApp({
      DISCORD_API_URL: demo.apiUrl,
    });
    const heard = await eavesdrop(page);
    const field = page.getByLabel('Bot token');
    const wrong = `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`;
    await field.fill(wrong);
    await page.getByRole('alert').getByText('Discord does not accept this token.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await recordKey(page).count()).toBe(0);

    await field.fill(` ${token}\n`);
    await page.getByText('Tapedeck', { exact: true }).nth(1).waitFor(); // the bot's name in the token field
    expect((await snapshotOf(page)).keyStoreAvailable).toBe(false);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Choose a voice channel' }).waitFor();

    const events = await heard();
    expect(events).toContain('"signed-in"');
    expect(events).not.toContain(token);
    expect(events).not.toContain(wrong);
    expect(await pageHolds(page)).not.toContain(token);
    expect(await filesWith(token, home)).toEqual([]);
    expect(await complaints()).toEqual([]);
    await electron.close();
    await ended;
    expect(await filesWith(token, home)).toEqual([]);
    expect(await filesWith(wrong, home)).toEqual([]);
  });
});
