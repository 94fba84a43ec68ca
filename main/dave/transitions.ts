/** The server's own limit is 2 s; a transition that it never executed does not stay pending for good. */
const PENDING_MS = 10_000;

/** Ids are 16 bits; ordinary calls have one or two pending. */
const PENDING_AT_MOST = 64;

/** Transitions that we said we are ready for, and that the server has not executed (op 22) yet. */
export class Transitions {
  readonly #pending = new Map<number, { readonly version: number; readonly sinceMs: number }>();
  #executed = 0;
  #newest = 0;

  /** Executed so far. */
  get executed(): number {
    return this.#executed;
  }

  /** Id of the latest that was announced; 0 before any. */
  get newest(): number {
    return this.#newest;
  }

  prepare(transitionId: number, version: number, nowMs: number): void {
    this.#newest = transitionId;
    this.#pending.set(transitionId, { version, sinceMs: nowMs });
    if (this.#pending.size <= PENDING_AT_MOST) return;
    const [oldest = transitionId] = this.#pending.keys();
    this.#pending.delete(oldest);
  }

  /** The version that is in force from here on; null for a transition that we know nothing of. */
  execute(transitionId: number): number | null {
    const transition = this.#pending.get(transitionId);
    if (transition === undefined) return null;
    this.#pending.delete(transitionId);
    this.#executed += 1;
    return transition.version;
  }

  /** Ends all that would have led to that version. */
  forget(version: number): void {
    for (const [transitionId, transition] of this.#pending) {
      if (transition.version === version) this.#pending.delete(transitionId);
    }
  }

  isPending(nowMs: number): boolean {
    return [...this.#pending.values()].some(({ sinceMs }) => nowMs < sinceMs + PENDING_MS);
  }
}
