import os from 'node:os';

/** Where time comes from. Tests and simulations pass their own. */
export interface Clock {
  /** Milliseconds on a clock that never goes back and counts the time the computer slept; only differences mean anything. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970, as the computer's wall clock says. */
  readonly wallMs: () => number;
}

/** How often it is looked whether the computer slept: what is read before that seems to have come before it slept. */
const LOOK_MS = 20;

/** Readings further apart than this say nothing: this process was stopped between them. */
const TOGETHER_MS = 5;

/** Two clocks read one after the other differ by less. */
const SLEPT_MS = 2_000;

/**
 * A clock that counts sleep, made of one that may not and of the time since the computer was started, which does.
 * After waking it jumps at its first reading, or 20 ms later.
 */
export function createClock(from: {
  /** On Linux `CLOCK_MONOTONIC`, which stands still while the computer sleeps. */
  readonly runningMs: () => number;
  readonly upMs: () => number;
  readonly wallMs: () => number;
}): Clock {
  let sleptMs = 0;
  let lookedAtMs = from.runningMs();
  let aheadMs = from.upMs() - lookedAtMs;
  const monotonicMs = (): number => {
    const runningMs = from.runningMs();
    if (runningMs - lookedAtMs >= LOOK_MS) {
      lookedAtMs = runningMs;
      const aheadNowMs = from.upMs() - runningMs;
      if (from.runningMs() - runningMs > TOGETHER_MS) return runningMs + sleptMs;
      if (aheadNowMs - aheadMs > SLEPT_MS) sleptMs += aheadNowMs - aheadMs;
      aheadMs = aheadNowMs;
    }
    return runningMs + sleptMs;
  };
  return { monotonicMs, wallMs: from.wallMs };
}

export const systemClock: Clock = createClock({
  runningMs: () => performance.now(),
  upMs: () => os.uptime() * 1000,
  wallMs: () => Date.now(),
});
