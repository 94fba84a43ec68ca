/** Bounds for what a server asks, so that a broken value neither floods it nor overflows the timer. */
const SHORTEST_MS = 20;
const LONGEST_MS = 300_000;

/** How often a heartbeat is sent to a server that asks for one each `askedMs`. */
export function heartbeatIntervalMs(askedMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, askedMs));
}
