import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { open } from './window.ts';

const TOKEN = `${'M'.repeat(26)}.Gabcde.${'x'.repeat(38)}`;

describe('welcome', () => {
  test('a pasted token is checked by itself, and Continue leads to the channels', async () => {
    const bridge = open('signed-out');
    await page.getByLabelText('Bot token').fill(` ${TOKEN}\n`);
    await expect.element(page.getByText('Studio Bot')).toBeVisible();
    expect(bridge.calls).toContainEqual({ name: 'account.sign-in', input: { token: TOKEN } });
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect
      .element(page.getByRole('heading', { name: 'Choose a voice channel' }))
      .toBeVisible();
  });

  test('the invite wakes once the token is good', async () => {
    const bridge = open('signed-out');
    const invite = page.getByRole('button', { name: 'Open the invite' });
    await expect.element(invite).toBeDisabled();
    await page.getByLabelText('Bot token').fill(TOKEN);
    await expect.element(invite).toBeEnabled();
    await invite.click();
    expect(bridge.calls).toContainEqual({ name: 'link.open', input: { link: 'invite' } });
  });

  test('half a token is refused here, without asking Discord', async () => {
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

  test('a token that Discord rejects says so under the field and aloud', async () => {
    open('signed-out');
    const field = page.getByLabelText('Bot token');
    await field.fill(`wrong${TOKEN}`);
    await expect.element(field).toHaveAccessibleDescription(/does not accept this token/);
    await expect.element(page.getByRole('alert')).toHaveTextContent(/does not accept this token/);
  });

  test('without a key store it says that the token is not kept', async () => {
    open('no-key-store');
    await expect.element(page.getByText(/no safe place to keep the token/)).toBeVisible();
  });

  test('the demo leads straight to its channel', async () => {
    open('signed-out');
    await page.getByRole('button', { name: 'Try the demo server' }).click();
    await expect.element(page.getByRole('button', { name: 'Record Session Zero' })).toBeVisible();
    await expect.element(page.getByText('Demo', { exact: true })).toBeVisible();
  });
});
