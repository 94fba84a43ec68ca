/** An announced transition counts as under way for so long at most; the server executes within 2 s. */
const PENDING_MS = 10_000;

/** Ids are 16 bits; ordinary calls have one or two pending. */
const PENDING_AT_MOST = 64;

/** Frames that were sent before a change are late by so much at most (DAVE protocol, "passthrough mode"). */
const LATE_MS = 10_000;

/**
 * Which version of the protocol a call is in, 0 being none; which transitions are to change that or its keys; and
 * whether frames may come that are not encrypted. Pure: time is an argument.
 */
export class CallVersion {
  #current = 0;
  #plainUntilMs = -Infinity;
  #encryptedUntilMs = -Infinity;
  readonly #pending = new Map<number, { readonly version: number; readonly sinceMs: number }>();
  #executed = 0;
  #newest = 0;

  get current(): number {
    return this.#current;
  }

  /** Transitions executed so far. */
  get executed(): number {
    return this.#executed;
  }

  /** Id of the latest transition that was announced; 0 before any. */
  get newestTransition(): number {
    return this.#newest;
  }

  /** Puts `version` in force at once, without a transition. */
  set(version: number, nowMs: number): void {
    if (version === 0 && this.#current > 0) this.#encryptedUntilMs = nowMs + LATE_MS;
    this.#current = version;
    if (version === 0) this.#plainUntilMs = Infinity;
  }

  /** Notes an announced transition; with version 0, plain frames may come from here on. */
  prepare(transitionId: number, version: number, nowMs: number): void {
    this.#newest = transitionId;
    if (version === 0) this.#plainUntilMs = Infinity;
    this.#pending.set(transitionId, { version, sinceMs: nowMs });
    if (this.#pending.size <= PENDING_AT_MOST) return;
    const [oldest = transitionId] = this.#pending.keys();
    this.#pending.delete(oldest);
  }

  /** Executes a transition: returns the version in force from here on; null for one that was not announced. */
  execute(transitionId: number, nowMs: number): number | null {
    const transition = this.#pending.get(transitionId);
    if (transition === undefined) return null;
    this.#pending.delete(transitionId);
    this.#executed += 1;
    this.set(transition.version, nowMs);
    if (transition.version > 0 && this.#plainUntilMs === Infinity) {
      this.#plainUntilMs = nowMs + LATE_MS;
    }
    return transition.version;
  }

  /** A new group began: forgets announced transitions to version 0. */
  forgetDowngrade(): void {
    for (const [transitionId, { version }] of this.#pending) {
      if (version === 0) this.#pending.delete(transitionId);
    }
  }

  /** True while a transition that was announced in the last 10 s has not been executed. */
  isChanging(nowMs: number): boolean {
    return [...this.#pending.values()].some(({ sinceMs }) => nowMs < sinceMs + PENDING_MS);
  }

  /** True in a plain call, once version 0 is announced, and until 10 s after the call became encrypted. */
  mayBePlain(nowMs: number): boolean {
    return nowMs < this.#plainUntilMs;
  }

  /** True in an encrypted call, and until 10 s after it became a plain one. */
  mayBeEncrypted(nowMs: number): boolean {
    return this.#current > 0 || nowMs < this.#encryptedUntilMs;
  }
}
