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

/**
 * Runs `work` with a signal that aborts when `signal` does or after `limitMs`. After the limit the result is the
 * error that `onLimit` makes; the work is expected to let go when its signal aborts.
 */
export async function withLimit<T>(
  limit: { readonly limitMs: number; readonly onLimit: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(limit.onLimit()), limit.limitMs);
  const both = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
  try {
    return await abortable(work(both), both);
  } finally {
    clearTimeout(timer);
  }
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
