import { outsideValues } from '../../preload/contract/outside-text.ts';
import { TapedeckError } from '../base/errors.ts';
import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';
import type { MessageKey } from '../../preload/contract/messages/catalogue.ts';

/**
 * A command line that cannot be carried out, found before anything is opened. `details` fills the places of the
 * sentence for its reason.
 */
export class UsageError extends TapedeckError<ErrorCode> {
  /** What was typed, as `outsideText` leaves it. */
  readonly details: Problem['details'];

  constructor(reason: ErrorCode, details: Problem['details'] = {}) {
    const harmless = outsideValues(details);
    super(reason, `${reason} ${JSON.stringify(harmless)}`);
    this.details = harmless;
  }
}

/** A word that does not fit: `bad-usage`, with the sentence that says what is wrong with it, and what fills its places. */
export class BadUsage extends UsageError {
  readonly sentence: Extract<MessageKey, `usage.${string}`>;

  constructor(sentence: BadUsage['sentence'], details: Problem['details']) {
    super('bad-usage', details);
    this.sentence = sentence;
  }
}
