import { describe, expect, test } from 'vitest';
import { holdsToken, redactTokens } from '../../../preload/contract/bot-token.ts';
import { text } from '../../../preload/contract/messages/text.ts';
import { outsideJson, outsideText } from '../../../preload/contract/outside-text.ts';
import { madeUpToken } from '../../support/made-up-token.ts';

const TOKEN = madeUpToken();

/** Unicode's own list (UAX 9): every character that turns the direction of text and shows nothing. */
const BIDI = /\p{Bidi_Control}/gu;
const EVERY_BMP = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));

describe('text from outside', () => {
  test('keeps no character that clears, breaks or turns a line', () => {
    const shown = outsideText(EVERY_BMP.join(''));
    expect(shown.match(/[\p{Cc}\u2028\u2029]/gu)).toBe(null);
    expect(shown.match(BIDI)).toBe(null);
  });

  test('cannot write a line of its own into a sentence', () => {
    const name = 'Ann\nerror: \u202ekcatta\u202c\u009b2J';
    expect(text('cli.record.present', { name })).toBe(
      text('cli.record.present', { name: 'Ann error: kcatta 2J' }),
    );
  });

  test('keeps names as they are', () => {
    for (const name of ['Zoë', '朝顔', 'שלום', '👩‍👧', 'a b', 'a\u00a0b'])
      expect(outsideText(name)).toBe(name);
  });

  test('loses a token, also one that a mark was put into', () => {
    expect(outsideText(`see ${TOKEN}!`)).toBe('see [token]!');
    expect(outsideText(`${TOKEN.slice(0, 9)}\u200e${TOKEN.slice(9)}`)).toBe('[token]');
  });

  test('as JSON is the same value, in characters that a terminal only shows', () => {
    const all = EVERY_BMP.join('');
    const json = outsideJson(JSON.stringify({ all }));
    expect(JSON.parse(json)).toEqual({ all });
    expect(json.match(/[\p{Cc}\u2028\u2029]/gu)).toBe(null);
    expect(json.match(BIDI)).toBe(null);
    expect(outsideJson('"\u0080"')).toBe('"\\u0080"');
  });
});

describe('a token', () => {
  test.each([
    ['alone', TOKEN],
    ['behind Bot', `Bot ${TOKEN}`],
    ['with a blank in it', `${TOKEN.slice(0, 40)} ${TOKEN.slice(40)}`],
    ['over two lines', `${TOKEN.slice(0, 5)}\n${TOKEN.slice(5)}`],
    ['with an accent in it', `${TOKEN.slice(0, 50)}\u00e9${TOKEN.slice(51)}`],
    ['with an accent on its first letter', `M\u0301${TOKEN.slice(1)}`],
    ['with an unseen character in it', `${TOKEN.slice(0, 3)}\u200b${TOKEN.slice(3)}`],
    ['in an address', `https://${TOKEN}@discord.com/api`],
    ['in an option', `--out=${TOKEN}`],
  ])('is found %s', (_, typed) => {
    expect(holdsToken(typed)).toBe(true);
  });

  test.each([
    '',
    'record --channel 123456789012345678 --duration 1.5',
    '2026-11-23 10-15-30 www.google.com - general voice channel for everyone',
    'export /home/ann/Music/Tapedeck-recordings-backup.friday.some-longer-name-here-of-it',
    'https://discord.com/api/v10',
  ])('is not taken for found in “%s”', (typed) => {
    expect(holdsToken(typed)).toBe(false);
  });

  test('is cut out of a text around it', () => {
    expect(redactTokens(`a ${TOKEN} b ${TOKEN}`)).toBe('a [token] b [token]');
  });
});
