import { toProblem } from '../engine/error-code.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { problemText, text } from '../../preload/contract/messages/text.ts';
import type { Log } from '../base/log.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Output } from './output.ts';
import { BadUsage, UsageError } from './usage-error.ts';

/** Anything thrown as the failure a person is told about. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof BadUsage)
    return { code: thrown.reason, details: { message: text(thrown.sentence, thrown.details) } };
  if (thrown instanceof UsageError) return { code: thrown.reason, details: thrown.details };
  return toProblem(thrown);
}

/** Tells a failure in both forms: as the last event, and as a line on stderr. */
export function tellFailure(problem: Problem, output: Pick<Output, 'event' | 'complain'>): void {
  const message = problemText(problem);
  output.event({ event: 'error', code: problem.code, message });
  output.complain(message);
}

/** Tells why a command failed and logs what was thrown. Returns the exit code. */
export function reportFailure(
  thrown: unknown,
  { output, log }: { output: Output; log: Log },
): number {
  const problem = problemOf(thrown);
  if (!(thrown instanceof UsageError))
    log.error('command failed', { code: problem.code, error: stackOf(thrown) });
  tellFailure(problem, output);
  if (problem.code === 'bad-usage') output.complain(text('help.hint'));
  return exitCodeOf(problem.code);
}

/** Tells of an exception that nobody caught and logs it. Returns the exit code. */
export function reportFault(
  thrown: unknown,
  { output, log }: { output: Output; log: Log },
): number {
  log.error('fault', { error: stackOf(thrown) });
  tellFailure({ code: 'fault', details: {} }, output);
  return exitCodeOf('fault');
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
