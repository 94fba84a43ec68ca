/** A signal with a time limit of its own. Disposing clears the timer; the signal then follows `signal` alone. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts when `signal` does, or after `limitMs` with the error that `onLimit` makes. For work that
 * releases what it holds when its signal aborts, and whose end must be awaited.
 */
export function startDeadline(
  limit: { readonly limitMs: number; readonly onLimit: () => Error },
  signal: AbortSignal,
): Deadline {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(limit.onLimit()), limit.limitMs);
  return {
    signal: AbortSignal.any([own.signal, signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
