import type { Snowflake } from '../../base/snowflake.ts';

export interface DaveJudgeOptions {
  /** The client's session is void: its socket is to be closed with 4006. */
  readonly onVoid: (userId: Snowflake, why: string) => void;
}

/** From a fault to the close that answers it; also how long a client may take for a commit. */
const LIMIT_MS = 1000;
/** A commit of the group before may cross op 24 on its way. */
const CROSSING_MS = 2000;
/** So many times op 31 within `RECOVERIES_MS` are too many. */
const MOST_RECOVERIES = 3;
const RECOVERIES_MS = 60_000;

/**
 * Closes as Discord does, where a patient server waits: a second after a commit of an impossible epoch, when nobody's
 * commit has come a second after proposals, and at the third op 31 within a minute.
 */
export class DaveJudge {
  readonly #onVoid: DaveJudgeOptions['onVoid'];
  /** Clients that have proposals to commit, or have sent a wrong commit. */
  readonly #timers = new Map<Snowflake, NodeJS.Timeout>();
  readonly #recoveriesAtMs = new Map<Snowflake, readonly number[]>();
  readonly #beganAtMs = new Map<Snowflake, number>();

  constructor({ onVoid }: DaveJudgeOptions) {
    this.#onVoid = onVoid;
  }

  /** The client has been sent proposals. `isOpen` says later whether there are still some that nobody has committed. */
  proposed(userId: Snowflake, isOpen: () => boolean): void {
    if (this.#timers.has(userId)) return;
    // In two halves: what arrived while this process stood still is read between them.
    this.#after(userId, LIMIT_MS / 2, () =>
      this.#after(userId, LIMIT_MS / 2, () => {
        if (isOpen()) this.#onVoid(userId, 'no commit came');
      }),
    );
  }

  /** The client has sent a commit of `epoch`, while the group was in `current`. */
  commits(userId: Snowflake, epoch: number, current: number): void {
    this.forgive(userId);
    const beganAtMs = this.#beganAtMs.get(userId) ?? -Infinity;
    const lost = epoch === current - 1; // somebody else's commit was taken, and this one was on its way
    if (epoch === current || lost || performance.now() - beganAtMs < CROSSING_MS) return;
    this.#after(userId, LIMIT_MS, () => this.#onVoid(userId, 'a commit of another epoch'));
  }

  /** The client has been sent op 24. */
  beginsAnew(userId: Snowflake): void {
    this.forgive(userId);
    this.#beganAtMs.set(userId, performance.now());
  }

  /** Op 31. */
  recovers(userId: Snowflake): void {
    const nowMs = performance.now();
    const before = this.#recoveriesAtMs.get(userId) ?? [];
    const recent = [...before.filter((atMs) => nowMs - atMs < RECOVERIES_MS), nowMs];
    this.#recoveriesAtMs.set(userId, recent);
    if (recent.length >= MOST_RECOVERIES) this.#onVoid(userId, 'op 31 again and again');
  }

  /** Nothing is expected of the client any more. */
  forgive(userId: Snowflake): void {
    clearTimeout(this.#timers.get(userId));
    this.#timers.delete(userId);
  }

  /** The client has left, and begins without faults when it comes again. */
  forget(userId: Snowflake): void {
    this.forgive(userId);
    this.#recoveriesAtMs.delete(userId);
    this.#beganAtMs.delete(userId);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(userId: Snowflake, delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(userId);
      act();
    }, delayMs);
    this.#timers.set(userId, timer);
  }
}
