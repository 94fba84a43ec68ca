/**
 * Calls `work` every so many milliseconds until disposed, whether the one before is done or not; `work` never rejects.
 * Simulations pass their own and wait for each.
 */
export type Every = (periodMs: number, work: () => Promise<void>) => Disposable;

/** By the computer's timers. */
export const everyByTimer: Every = (periodMs, work) => {
  const timer = setInterval(() => void work(), periodMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
