import { describe, expect, test } from 'vitest';
import { PERMISSIONS } from '../../main/discord/permissions.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { signInTo, WindowDeck } from '../support/window-deck.ts';

describe('the invite', () => {
  test('names the bot and asks for the rights that README names, and for no others', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    await signInTo(fake, window);
    expect(await window.deck.openLink('invite')).toEqual({ ok: true });
    const [link] = window.shell.links.map((address) => new URL(address));
    const asked = BigInt(link?.searchParams.get('permissions') ?? '');
    const known = Object.values(PERMISSIONS);
    expect(known.filter(({ bit }) => (asked & bit) !== 0n).map(({ label }) => label)).toEqual([
      'View Channel',
      'Send Messages',
      'Connect',
    ]);
    expect(known.reduce((mask, { bit }) => mask & ~bit, asked)).toBe(0n);
    expect(link?.searchParams.get('client_id')).toBe('1180000000000000009');
  });
});
