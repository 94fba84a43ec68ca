import type { Failed } from './check.ts';
import { toProblem } from './error-code.ts';

/** What `work` gives, or the failure a person is told about. Throws only the signal's reason. */
export async function attempt<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly result: 'good'; readonly value: T } | Failed> {
  try {
    return { result: 'good', value: await work() };
  } catch (error) {
    signal.throwIfAborted();
    return { result: 'bad', problem: toProblem(error) };
  }
}
