import { expect, test } from 'vitest';
import { inviteUrl } from '../../../main/engine/needed-permissions.ts';

/** Bits as Discord's documentation numbers them (topics/permissions). */
const BITS = {
  VIEW_CHANNEL: 10,
  SEND_MESSAGES: 11,
  CONNECT: 20,
  SPEAK: 21,
  CHANGE_NICKNAME: 26,
};

test('the invitation asks for what a recording and its notices use, and for nothing else', () => {
  const url = new URL(inviteUrl('123'));
  expect(url.origin + url.pathname).toBe('https://discord.com/oauth2/authorize');
  const mask = Object.values(BITS).reduce((sum, bit) => sum + 2 ** bit, 0);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: '123',
    scope: 'bot',
    permissions: String(mask),
  });
});
