import type { Problem } from '../../preload/contract/error-codes.ts';
import { en } from '../../preload/contract/messages/en.ts';

/** The English sentence for a failure, with its cure; a place that `details` does not fill shows as an ellipsis. */
export function messageFor({ code, details }: Problem): string {
  return en[`problem.${code}`].replaceAll(/\{([\w-]+)\}/g, (_place, name: string) =>
    String(details[name] ?? '…'),
  );
}
