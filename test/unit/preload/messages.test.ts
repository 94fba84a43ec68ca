import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../preload/contract/error-codes.ts';
import { en } from '../../../preload/contract/messages/en.ts';

const JARGON = /\b(packets?|ssrc|gateway|codec|buffer|epoch|dave)\b/i;

describe('messages', () => {
  test.each(Object.entries(en))('%s is well-formed', (_key, message) => {
    expect(() => new IntlMessageFormat(message, 'en')).not.toThrow();
  });

  test.each(ERROR_CODES)('the failure %s has a sentence', (code) => {
    expect(en[`problem.${code}`]).toMatch(/[.}]$/);
  });

  test('there is no jargon and no exclamation mark', () => {
    const wrong = Object.entries(en).filter(([, text]) => {
      const words = text.replaceAll(/\{[^{}]*[,}]/g, '');
      return JARGON.test(words) || words.includes('!') || /\b(please|oops)\b/i.test(words);
    });
    expect(wrong).toEqual([]);
  });
});
