import { toError } from './errors.ts';

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it is aborted. The timer is always cleared. */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(toError(signal.reason));
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(toError(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Never resolves; rejects with the signal's reason when it is aborted. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(toError(signal.reason));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** How long something may take, and what is said when it takes longer. */
interface Limit {
  readonly limitMs: number;
  readonly onLimit: () => Error;
}

/** A signal with a time limit of its own. Disposing clears the timer; the signal then follows the outer one alone. */
interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts when `signal` does, or after `limitMs` with the error that `onLimit` makes. For work that
 * releases what it holds when its signal aborts, and whose end must be awaited.
 */
export function startDeadline({ limitMs, onLimit }: Limit, signal?: AbortSignal): Deadline {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(onLimit()), limitMs);
  return {
    signal: signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/**
 * Runs `work` under such a deadline, and rejects with the signal's reason as soon as it aborts, whether the work has
 * let go by then or not.
 */
export async function withLimit<T>(
  limit: Limit,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  using deadline = startDeadline(limit, signal);
  return await abortable(work(deadline.signal), deadline.signal);
}

/** `promise`, or a rejection with the signal's reason when that comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(toError(signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise
      .then(resolve, (error: unknown) => reject(toError(error)))
      .finally(() => {
        signal.removeEventListener('abort', onAbort);
      });
  });
}
