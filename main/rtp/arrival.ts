/**
 * When a packet arrived, on the monotonic clock: at `latestMs` at the latest, when this process read it, and at
 * `earliestMs` at the earliest. The two differ only for packets that the system kept while this process did not run.
 */
export interface Arrival {
  readonly latestMs: number;
  readonly earliestMs: number;
}
