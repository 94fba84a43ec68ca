import { IntlMessageFormat } from 'intl-messageformat';
import { Fragment, type ReactNode } from 'react';
import { en, type MessageKey } from '../../preload/contract/messages/en.ts';
import { ERROR_CODES, type Problem } from '../../preload/contract/error-codes.ts';

/** The language of the window, for numbers and dates too. */
export const LOCALE = 'en';

export type MessageValues = Readonly<Record<string, string | number>>;

const formats = new Map<MessageKey, IntlMessageFormat>();

function formatOf(key: MessageKey): IntlMessageFormat {
  let format = formats.get(key);
  if (format === undefined) {
    format = new IntlMessageFormat(en[key], LOCALE);
    formats.set(key, format);
  }
  return format;
}

/** The sentence for a key. */
export function text(key: MessageKey, values: MessageValues = {}): string {
  const tags = { b: (parts: readonly string[]) => parts.join('') };
  const formatted = formatOf(key).format<string>({ ...values, ...tags });
  return Array.isArray(formatted) ? formatted.join('') : formatted;
}

/** The sentence with its `<b>` parts emphasised. */
export function RichText({
  id,
  values = {},
}: {
  readonly id: MessageKey;
  readonly values?: MessageValues;
}): ReactNode {
  const formatted = formatOf(id).format<ReactNode>({
    ...values,
    b: (parts: readonly ReactNode[]) => <b>{parts}</b>,
  });
  const parts = Array.isArray(formatted) ? formatted : [formatted];
  return parts.map((part, index) => <Fragment key={index}>{part}</Fragment>);
}

/** A problem as commands answer it: the border has its code as a plain string. */
export interface AnyProblem {
  readonly code: string;
  readonly details: Problem['details'];
}

/** What went wrong and what to do, with an ellipsis where the problem lacks a detail. */
export function problemText({ code, details }: AnyProblem): string {
  const key: MessageKey = `problem.${ERROR_CODES.find((known) => known === code) ?? 'fault'}`;
  const places = [...en[key].matchAll(/\{(\w+)/g)].map(([, name]) => [name ?? '', '…'] as const);
  return text(key, { ...Object.fromEntries(places), ...details });
}
