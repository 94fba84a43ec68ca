import { IntlMessageFormat } from 'intl-messageformat';
import { ERROR_CODES, type Problem } from '../error-codes.ts';
import { outsideValues } from '../outside-text.ts';
import { en, type MessageKey } from './catalogue.ts';

/** The language of every sentence, for numbers and dates too. */
export const LOCALE = 'en';

/** Values for the places of a sentence. */
export type MessageValues = Readonly<Record<string, string | number>>;

interface Sentence {
  readonly format: IntlMessageFormat;
  /** Every place of the sentence, filled with an ellipsis. */
  readonly unfilled: MessageValues;
}

const sentences = new Map<MessageKey, Sentence>();

/** A parsed sentence, with an ellipsis for each of its places; parsed once for each key. */
export function sentenceOf(key: MessageKey): Sentence {
  let sentence = sentences.get(key);
  if (sentence === undefined) {
    const places = [...en[key].matchAll(/\{(\w+)[,}]/g)].map(
      ([, name]) => [name ?? '', '…'] as const,
    );
    sentence = {
      format: new IntlMessageFormat(en[key], LOCALE),
      unfilled: Object.fromEntries(places),
    };
    sentences.set(key, sentence);
  }
  return sentence;
}

/**
 * The sentence for a key, without its `<b>` marks, and with the values as `outsideText` leaves them. A place that
 * `values` does not fill shows as an ellipsis; never throws.
 */
export function text(key: MessageKey, values: MessageValues = {}): string {
  const { format, unfilled } = sentenceOf(key);
  const b = (parts: readonly string[]): string => parts.join('');
  const formatted = format.format<string>({ ...unfilled, ...outsideValues(values), b });
  return Array.isArray(formatted) ? formatted.join('') : formatted;
}

/** A problem as commands answer it, with its code as a plain string. */
export interface AnyProblem {
  readonly code: string;
  readonly details: Problem['details'];
}

/**
 * The sentence for a problem: what went wrong and what to do. An unknown code gives the sentence for a fault of
 * Tapedeck.
 */
export function problemText({ code, details }: AnyProblem): string {
  return text(`problem.${ERROR_CODES.find((known) => known === code) ?? 'fault'}`, details);
}
