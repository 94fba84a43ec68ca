/** Growing pauses with jitter: attempt 1 waits about `firstMs`, each next one twice as long, never more than `mostMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Milliseconds to wait before `attempt` (from 1): between half and the whole of the nominal pause. `random` is in [0, 1). */
export function backoffMs(backoff: Backoff, attempt: number, random = Math.random()): number {
  const nominalMs = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return nominalMs * (0.5 + random / 2);
}
