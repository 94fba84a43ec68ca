import { TapedeckError } from '../base/errors.ts';
import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';

/**
 * A refusal of the engine's own, before or while joining. `details` fills the places of the sentence for `reason`; the
 * message is for the log and leaves the channel's name out.
 */
export class EngineError extends TapedeckError<ErrorCode> {
  readonly details: Problem['details'];

  constructor(reason: ErrorCode, details: Problem['details'] = {}, options?: ErrorOptions) {
    super(reason, `${reason} ${JSON.stringify({ ...details, channel: undefined })}`, options);
    this.details = details;
  }
}
