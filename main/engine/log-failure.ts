import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

/** Logs a failure that a person is told: the step it stood at, its limit, what had come by then, what was awaited. */
export function logFailure(log: Log, code: string, thrown?: unknown): void {
  const stood = log.flight.failure(code);
  const error = thrown === undefined ? null : toError(thrown).message;
  log.warn('failed', { code, error, ...stood });
}
