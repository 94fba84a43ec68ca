import { expect, test } from 'vitest';
import {
  enterDemo,
  recordUntilSomebodySpeaks,
  snapshotOf,
  startApp,
} from '../support/electron-app.ts';

test('no key of the menu reloads the page, which would forget what it shows', async () => {
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

test('nobody signs in over a recording', async () => {
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
