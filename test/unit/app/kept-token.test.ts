import { expect, test } from 'vitest';
import { parseKeptToken, writeKeptToken } from '../../../main/app/kept-token.ts';
import { madeUpToken } from '../../support/made-up-token.ts';

const kept = { token: madeUpToken(), apiUrl: 'https://discord.com/api/v10' };

test('a kept token comes back with the address that it is for', () => {
  expect(parseKeptToken(writeKeptToken(kept))).toEqual(kept);
});

test('a token without an address, or cut off, is none', () => {
  const whole = writeKeptToken(kept);
  for (let length = 0; length < whole.length; length += 1)
    expect(parseKeptToken(whole.slice(0, length))).toBe(null);
  for (const text of [kept.token, JSON.stringify({ token: kept.token }), 'null', '[]'])
    expect(parseKeptToken(text)).toBe(null);
});
