import { Fragment, type ReactNode } from 'react';
import type { MessageKey } from '../../preload/contract/messages/catalogue.ts';
import { sentenceOf, type MessageValues } from '../../preload/contract/messages/text.ts';

/** Sentences for the window, some with emphasis. */
export {
  LOCALE,
  problemText,
  text,
  type AnyProblem,
} from '../../preload/contract/messages/text.ts';

/** The sentence with its `<b>` parts emphasised. */
export function RichText({
  id,
  values = {},
}: {
  readonly id: MessageKey;
  readonly values?: MessageValues;
}): ReactNode {
  const { format, unfilled } = sentenceOf(id);
  const formatted = format.format<ReactNode>({
    ...unfilled,
    ...values,
    b: (parts: readonly ReactNode[]) => <b>{parts}</b>,
  });
  const parts = Array.isArray(formatted) ? formatted : [formatted];
  return parts.map((part, index) => <Fragment key={index}>{part}</Fragment>);
}
