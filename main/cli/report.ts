import { toProblem } from '../engine/error-code.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';
import type { Log } from '../base/log.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Anything thrown as the failure a person is told about. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof UsageError) return { code: thrown.reason, details: thrown.details };
  return toProblem(thrown);
}

/** Says why a command failed, logs what was thrown, and gives the exit code for it. */
export function reportFailure(
  thrown: unknown,
  { output, log }: { output: Output; log: Log },
): number {
  const problem = problemOf(thrown);
  if (!(thrown instanceof UsageError))
    log.error('command failed', { code: problem.code, error: stackOf(thrown) });
  output.fail(problem);
  if (problem.code === 'bad-usage') output.complain('tapedeck --help shows how.');
  return exitCodeOf(problem.code);
}

/** The same for an error that nobody caught. */
export function reportFault(
  thrown: unknown,
  { output, log }: { output: Output; log: Log },
): number {
  log.error('fault', { error: stackOf(thrown) });
  output.fail({ code: 'fault', details: {} });
  return exitCodeOf('fault');
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
