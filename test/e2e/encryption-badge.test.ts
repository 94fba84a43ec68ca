import { expect, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import type { RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';
import type { Page } from 'playwright';
import { demoFor } from '../support/demo.ts';
import {
  enterDemo,
  recordKey,
  recordUntilSomebodySpeaks,
  snapshotOf,
  startApp,
} from '../support/electron-app.ts';

/** The recording session in the snapshot, once the call's encryption is set up. */
async function settledSession(page: Page): Promise<RecordingSessionSnapshot> {
  await expect
    .poll(async () => {
      const { session } = await snapshotOf(page);
      return session.kind === 'recording' ? session.encryption.kind : session.kind;
    })
    .toMatch(/^(on|stage)$/);
  const { session } = await snapshotOf(page);
  if (session.kind !== 'recording') throw new Error('nothing is being recorded');
  return session;
}

/** Asserts that the badge shows the encryption of the snapshot. */
async function expectTrueBadge(page: Page): Promise<RecordingSessionSnapshot> {
  const session = await settledSession(page);
  const { encryption } = session;
  if (encryption.kind !== 'on') {
    expect(await page.getByText('Stage: not encrypted by Discord').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: /Encrypted/ }).count()).toBe(0);
    return session;
  }
  const code = encryption.codes.at(-1)?.code ?? '';
  expect(code).toMatch(/^\d{30}$/);
  const badge = page.getByRole('button', { name: /^Encrypted Code/ });
  await badge.waitFor();
  expect(await badge.textContent()).toContain(`${code.slice(0, 5)} ${code.slice(5, 10)} …`);
  return session;
}

test('the badge in the demo shows how the call is encrypted', async () => {
  const { page, complaints } = await startApp();
  await enterDemo(page);
  await recordUntilSomebodySpeaks(page);
  await expectTrueBadge(page);
  expect(await complaints()).toEqual([]);
});

test.each(['voice', 'stage'] as const)(
  'in a %s channel the badge shows the code that the call’s other members have',
  async (talks) => {
    const { demo } = await demoFor({ scenario: { ...SCENARIOS.calm, talks } });
    const { page, complaints } = await startApp({ DISCORD_API_URL: demo.apiUrl });
    await page.getByLabel('Bot token').fill(demo.token);
    await page.getByRole('button', { name: 'Continue' }).click();
    const name = demo.setting.channels[talks].name;
    await page.getByRole('option', { name }).or(page.getByRole('row', { name })).first().click();
    await recordKey(page).waitFor();
    await recordUntilSomebodySpeaks(page);
    const { encryption, channelName } = await expectTrueBadge(page);
    expect(channelName).toBe(name);
    expect(encryption.kind).toBe(talks === 'voice' ? 'on' : 'stage');
    expect(await complaints()).toEqual([]);
  },
);
