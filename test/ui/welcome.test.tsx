import { describe, expect, onTestFinished, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { open } from './window.ts';

const TOKEN = `${'M'.repeat(26)}.Gabcde.${'x'.repeat(38)}`;

/** Every announcement from now on, oldest first. */
function alerts(): readonly string[] {
  const region = page.getByRole('alert').element();
  const told: string[] = [];
  const observer = new MutationObserver(() => {
    const { textContent } = region;
    if (textContent !== '') told.push(textContent);
  });
  observer.observe(region, { childList: true, characterData: true, subtree: true });
  onTestFinished(() => {
    observer.disconnect();
  });
  return told;
}

const SIGNED_OUT = 'Discord signed the bot out; its token was changed.';
const RESET: Problem = { code: 'session-rejected', details: {} };

describe('welcome', () => {
  test('a pasted token is checked without a press, and Continue opens the channels', async () => {
    const bridge = open('signed-out');
    await page.getByLabelText('Bot token').fill(` ${TOKEN}\n`);
    await expect.element(page.getByText('Studio Bot')).toBeVisible();
    expect(bridge.calls).toContainEqual({ name: 'account.sign-in', input: { token: TOKEN } });
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect
      .element(page.getByRole('heading', { name: 'Choose a voice channel' }))
      .toBeVisible();
  });

  test('the invite can be pressed once the token is accepted', async () => {
    const bridge = open('signed-out');
    const invite = page.getByRole('button', { name: 'Open the invite' });
    await expect.element(invite).toBeDisabled();
    await page.getByLabelText('Bot token').fill(TOKEN);
    await expect.element(invite).toBeEnabled();
    await invite.click();
    expect(bridge.calls).toContainEqual({ name: 'link.open', input: { link: 'invite' } });
  });

  test('an incomplete token is refused without asking Discord', async () => {
    const bridge = open('signed-out');
    const field = page.getByLabelText('Bot token');
    await field.fill('MTIzNDU2');
    await userEvent.keyboard('{Enter}');
    await expect
      .element(field)
      .toHaveAccessibleDescription('This is not a whole token. Copy all of it.');
    await expect.element(field).toHaveAttribute('aria-invalid', 'true');
    expect(bridge.calls.map(({ name }) => name)).toEqual(['window.ready']);
  });

  test('a rejected token is told under the field and announced', async () => {
    open('signed-out');
    const field = page.getByLabelText('Bot token');
    await field.fill(`wrong${TOKEN}`);
    await expect.element(field).toHaveAccessibleDescription(/does not accept this token/);
    await expect.element(page.getByRole('alert')).toHaveTextContent(/does not accept this token/);
  });

  test('without a key store it says that the token is not stored', async () => {
    open('no-key-store');
    await expect.element(page.getByText(/no safe place to keep the token/)).toBeVisible();
  });

  test('the demo opens the channels with its channel chosen', async () => {
    open('signed-out');
    await page.getByRole('button', { name: 'Try the demo server' }).click();
    await expect.element(page.getByRole('button', { name: 'Record Session Zero' })).toBeVisible();
    await expect.element(page.getByText('Demo', { exact: true })).toBeVisible();
  });

  test('a bot that Discord signs out opens this screen, with the reason in the field and announced', async () => {
    const bridge = open('nothing-chosen');
    await expect
      .element(page.getByRole('heading', { name: 'Choose a voice channel' }))
      .toBeVisible();
    const told = alerts();
    bridge.change({ account: { kind: 'signed-out', problem: RESET }, guilds: [] });
    const field = page.getByLabelText('Bot token');
    await expect.element(field).toHaveAccessibleDescription(SIGNED_OUT);
    await expect.element(field).toHaveAttribute('aria-invalid', 'true');
    await expect.poll(() => told).toEqual([SIGNED_OUT]);
    await field.fill('M');
    await expect.element(field).not.toHaveAttribute('aria-invalid', 'true');
  });

  test('when that ends a recording, it says that it is saved; the reason is announced once', async () => {
    const bridge = open('live');
    await expect.element(page.getByText('0:42:17')).toBeVisible();
    const told = alerts();
    const { session } = bridge.snapshot;
    if (session.kind !== 'recording') throw new Error('nothing is recorded in this scene');
    const account = { kind: 'signed-out', problem: RESET } as const;
    bridge.change({ account, guilds: [], session: { ...session, kind: 'stopping' } });
    const field = page.getByLabelText('Bot token');
    await expect.element(field).toHaveAccessibleDescription(SIGNED_OUT);
    bridge.change({ session: { kind: 'idle', problem: RESET, ended: null } });
    await expect
      .element(field)
      .toHaveAccessibleDescription(`${SIGNED_OUT} Stopped and saved at 0:42:17.`);
    await field.fill('M');
    await userEvent.keyboard('{Enter}');
    await expect
      .poll(() => told, { timeout: 10_000 })
      .toEqual([SIGNED_OUT, 'This is not a whole token. Copy all of it.']);
  });
});
