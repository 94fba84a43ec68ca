import os from 'node:os';

/** Where time comes from. Tests and simulations pass their own. */
export interface Clock {
  /** Milliseconds on a clock that never goes back and counts the time the computer slept; only differences mean anything. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970, as the computer's wall clock says. */
  readonly wallMs: () => number;
}

/** How often the clock checks for sleep. For up to so long after waking it still shows a time before the sleep. */
const LOOK_MS = 20;

/** Taking both readings takes less. When it takes more, the process was stopped between them: they are ignored. */
const TOGETHER_MS = 5;

/** Awake, uptime and running clock drift apart by less between two checks: a larger gain of the uptime is sleep. */
const SLEPT_MS = 2_000;

/**
 * A clock that counts sleep: `runningMs`, plus what `upMs` gained on it in each sleep. After waking the clock jumps at
 * its first reading, or within 20 ms.
 * @internal exported for tests
 */
export function createClock(from: {
  /** On Linux `CLOCK_MONOTONIC`, which stands still while the computer sleeps. */
  readonly runningMs: () => number;
  /** Since the computer was started, sleep included. */
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

/** The computer's own clocks. */
export const systemClock: Clock = createClock({
  runningMs: () => performance.now(),
  upMs: () => os.uptime() * 1000,
  wallMs: () => Date.now(),
});
