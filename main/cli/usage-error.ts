import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';
import { TapedeckError } from '../base/errors.ts';

/**
 * A command line that cannot be carried out, found before anything is opened. `details` fills the places of the
 * sentence for its reason; for `bad-usage` that is `message`: what is wrong with which word.
 */
export class UsageError extends TapedeckError<ErrorCode> {
  readonly details: Problem['details'];

  constructor(reason: ErrorCode, details: Problem['details'] = {}) {
    super(reason, `${reason} ${JSON.stringify(details)}`);
    this.details = details;
  }
}

/** The error for a word that does not fit; `message` is lower case without a full stop and names the word. */
export function badUsage(message: string): UsageError {
  return new UsageError('bad-usage', { message });
}
