import type { Window } from './call.ts';

/** How often the event loop is asked whether it is on time. */
const LOOK_MS = 20;

/** What is less late is not noted. */
const LATE_MS = 5;

interface Late extends Window {
  readonly lateMs: number;
}

const stretches: Late[] = [];

/** Taken before a test can put a simulated clock in its place. */
const monotonicMs = performance.now.bind(performance);

let lookedAtMs = nowMs();

/**
 * Notes when this process, in which the demo server speaks and the engine listens, did not run when it should have: on
 * a busy computer. What arrived meanwhile was read later than it came.
 */
setInterval(() => {
  const fromMs = lookedAtMs;
  lookedAtMs = nowMs();
  const lateMs = lookedAtMs - fromMs; // it may not have run for all of that
  if (lateMs > LOOK_MS + LATE_MS) stretches.push({ fromMs, toMs: lookedAtMs, lateMs });
}, LOOK_MS).unref();

/** How late this process was at most within the window, in milliseconds; 0 when it was on time. */
export function mostLateMs({ fromMs, toMs }: Window): number {
  const within = stretches.filter((late) => late.toMs > fromMs && late.fromMs < toMs);
  return Math.max(0, ...within.map(({ lateMs }) => lateMs));
}

/** The clock of the sent log. */
function nowMs(): number {
  return performance.timeOrigin + monotonicMs();
}
