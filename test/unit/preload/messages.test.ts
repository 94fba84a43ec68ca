import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../preload/contract/error-codes.ts';
import { en, type MessageKey } from '../../../preload/contract/messages/catalogue.ts';
import { text } from '../../../preload/contract/messages/text.ts';

/** Sentences of the command line, which may name what its users ask for by name. */
const OF_THE_TERMINAL: readonly MessageKey[] = [
  'command.doctor',
  'cli.doctor.encryption',
  'cli.doctor.encryption.call',
  'cli.doctor.decoder',
  'cli.doctor.hearing',
  'cli.doctor.hearing.transport',
  'cli.doctor.hearing.locked',
  'cli.doctor.hearing.undecodable',
  'cli.record.column.packets',
];

const JARGON = /\b(packets?|ssrc|gateway|codec|buffer|epoch|dave)\b/i;
const KEYS = Object.keys(en).filter((key): key is MessageKey => Object.hasOwn(en, key));

describe('messages', () => {
  test.each(Object.entries(en))('%s is well-formed', (_key, message) => {
    expect(() => new IntlMessageFormat(message, 'en')).not.toThrow();
  });

  test.each(KEYS)('%s can be formatted with none of its places filled', (key) => {
    expect(text(key)).not.toMatch(/[{}<>]/);
  });

  test('a number decides the form of a word', () => {
    expect(text('deck.people', { count: 1 })).toBe('1 person');
    expect(text('deck.people', { count: 1200 })).toBe('1,200 people');
  });

  test('figures have one decimal or none, and no commas', () => {
    const known = { folder: '/tapes', free: 1234.56, speed: 1099.6 };
    const line = '/tapes can be written; 1234.6 GB free, 1100 MB a second.';
    expect(text('cli.doctor.disk', known)).toBe(line);
  });

  test('a value that fills a place is not parsed as ICU', () => {
    expect(text('deck.joining', { channel: '<b>{x}</b> #' })).toBe('Joining <b>{x}</b> #…');
  });

  test.each(ERROR_CODES)('the failure %s has a sentence', (code) => {
    expect(en[`problem.${code}`]).toMatch(/[.}]$/);
  });

  test('there is no jargon and no exclamation mark', () => {
    const wrong = KEYS.filter((key) => !OF_THE_TERMINAL.includes(key)).filter((key) => {
      const words = en[key].replaceAll(/\{[^{}]*[,}]/g, '');
      return JARGON.test(words) || words.includes('!') || /\b(please|oops)\b/i.test(words);
    });
    expect(wrong).toEqual([]);
  });
});
