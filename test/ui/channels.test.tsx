import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { open } from './window.ts';

const channels = () => page.getByRole('grid', { name: 'Voice channels' });

describe('channels', () => {
  test('choosing a channel shows who is in it', async () => {
    const bridge = open('signed-in');
    await channels().getByText('Side table').click();
    expect(bridge.calls).toContainEqual({ name: 'channel.choose', input: { channelId: '12' } });
    const panel = page.getByRole('complementary', { name: 'Side table' });
    await expect.element(panel.getByText('Old Tom')).toBeVisible();
    await expect.element(panel.getByText('Rights: all there')).toBeVisible();
  });

  test('arrows move and Enter chooses', async () => {
    const bridge = open('signed-in');
    await channels().getByText('Session Zero').click();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(bridge.calls.at(-1)).toEqual({ name: 'channel.choose', input: { channelId: '13' } });
  });

  test('a channel without rights says why, how to cure it, and cannot be recorded', async () => {
    const bridge = open('signed-in');
    await channels().getByText('GM room').click();
    const record = page.getByRole('button', { name: /^Record: The bot may not connect here/ });
    await expect.element(record).toHaveAttribute('aria-disabled', 'true');
    await record.click({ force: true });
    expect(bridge.calls.map(({ name }) => name)).not.toContain('session.record');
    await page.getByRole('button', { name: 'How to make GM room work' }).click();
    await expect.element(page.getByRole('dialog')).toHaveTextContent(/Turn on “Connect”/);
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });

  test('a full channel and hidden channels are named', async () => {
    open('signed-in');
    await expect.element(page.getByText(/^Full: 5 of 5 people/)).toBeVisible();
    await expect.element(page.getByText('2 channels are hidden from the bot')).toBeVisible();
  });

  test('the search finds channels by their people', async () => {
    open('signed-in');
    await userEvent.keyboard('{Control>}f{/Control}');
    await userEvent.keyboard('ansel');
    await expect.element(channels().getByText('Side table')).toBeVisible();
    await expect.element(channels().getByText('Session Zero')).not.toBeInTheDocument();
    await page.getByRole('searchbox').fill('zzz');
    await expect.element(page.getByText('Nothing found for “zzz”.')).toBeVisible();
  });

  test('without a chosen channel Record says what to do first', async () => {
    open('nothing-chosen');
    await expect
      .element(page.getByRole('button', { name: 'Record: choose a channel first' }))
      .toBeVisible();
    await expect.element(page.getByText('Disk: not known yet')).toBeVisible();
  });

  test('a bot in no server gets the invite', async () => {
    const bridge = open('no-servers');
    await page.getByRole('button', { name: 'Open the invite' }).click();
    expect(bridge.calls).toContainEqual({ name: 'link.open', input: { link: 'invite' } });
  });
});
