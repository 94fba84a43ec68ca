/**
 * Calls `work` every `periodMs` until disposed, also while an earlier call still runs; `work` must not reject.
 * Simulations pass an `Every` that awaits each call.
 */
export type Every = (periodMs: number, work: () => Promise<void>) => Disposable;

/** `Every` by `setInterval`. */
export const everyByTimer: Every = (periodMs, work) => {
  const timer = setInterval(() => void work(), periodMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
