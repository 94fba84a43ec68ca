/**
 * When a packet arrived, on the monotonic clock: no later than `latestMs`, when this process read it, and no earlier
 * than `earliestMs`. The two differ only for packets that the system kept while this process did not run.
 */
export interface Arrival {
  readonly latestMs: number;
  readonly earliestMs: number;
}
