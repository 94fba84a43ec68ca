import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  enterDemo,
  recordUntilSomebodySpeaks,
  snapshotOf,
  startApp,
} from '../support/electron-app.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

test('no shortcut of a menu reloads the page', async () => {
  const { electron } = await startApp();
  const roles = await electron.evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? [])
      .flatMap((item) => item.submenu?.items ?? [])
      .map(({ role }) => String(role).toLowerCase()),
  );
  expect(roles).toContain('copy');
  expect(roles).toContain('zoomin');
  expect(roles.filter((role) => role.includes('reload') || role.includes('devtools'))).toEqual([]);
});

test('signing in during a recording is refused', async () => {
  const { page } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  const before = await snapshotOf(page);
  const answers = await page.evaluate(() =>
    Promise.all([
      window.tapedeck.invoke('account.sign-in', { token: 'x'.repeat(70) }),
      window.tapedeck.invoke('demo.start', {}),
    ]),
  );
  const busy = { ok: false, problem: { code: 'busy' } };
  expect(answers).toMatchObject([busy, busy]);
  expect((await snapshotOf(page)).account).toEqual(before.account);
});

test('diagnostics and a saved report have what helps, and neither token nor names', async () => {
  const { electron, page } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByText('Copied').first().waitFor();
  const copied = await electron.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toMatch(/^Tapedeck diagnostics\nversion: \d/);
  expect(copied).toMatch(/\nelectron: 43\.2\.0\n/);
  expect(copied).toContain('"message":"');
  expect(copied).not.toMatch(/[\w-]{20,}\.[\w-]{5,8}\.[\w-]{25,}/);
  for (const name of ['Maya', 'Theo', 'priya']) expect(copied).not.toContain(name);

  const file = path.join(await scratchFolder(), 'report.jsonl');
  await electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  await page.getByRole('button', { name: 'Save report…' }).click();
  await page.getByRole('button', { name: 'Saved' }).waitFor();
  const report = await readFile(file, 'utf8');
  expect(report).toContain('"t":"READY"');
  expect(report).toMatch(/"electron":"43\.2\.0"/);
  for (const name of ['Maya', 'Theo', 'priya', 'Tape Club']) expect(report).not.toContain(name);
});
