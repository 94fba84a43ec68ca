/**
 * A stretch in which this process did not run, on the monotonic clock: the computer slept, or was busy. Stalls that
 * follow each other closely are one.
 */
export interface Stall {
  readonly fromMs: number;
  /** When the last of them began; `fromMs` when there was one only. */
  readonly lastFromMs: number;
  readonly toMs: number;
  /** By when everything has been read that the system kept in the stall. */
  readonly caughtUpAtMs: number;
}

/** A shorter stall delays packets no more than the network does. */
const STALL_MS = 100;

/**
 * What the system kept in a stall is read within 40 ms and a fifth of the stall, but no more than 2 s: a socket's
 * buffer is bounded.
 */
const CATCHING_UP_MS = 40;
const CATCHING_UP_SHARE = 0.2;
const MOST_CATCHING_UP_MS = 2_000;

/** Stalls that follow each other are one for up to 3 s after the first has ended: then all that it left has been read. */
const MOST_JOINED_MS = 3_000;

/** What a call of `StallWatch.alive` shows. */
export interface Alive {
  /** The stall that ended with this call; null when none did. */
  readonly stall: Stall | null;
  /** Monotonic. Every packet that arrived before has been read: a packet that is read from here on arrived later. */
  readonly readToMs: number;
  /** Whether this call is the first after the system's packets of a stall were read. */
  readonly hasCaughtUp: boolean;
}

/**
 * Notices that this process did not run for more than 100 ms. Packets that are read right afterwards arrived at any
 * time in that stall.
 */
export class StallWatch {
  #aliveAtMs = Infinity;
  /** The last stall. */
  #stall: Stall | null = null;
  /** When the first of the stalls ended that are one. */
  #readingSinceMs = -Infinity;

  /**
   * To be called with every packet, and every 20 ms or so. A time before that of the last call, of a packet that was kept
   * until it may be heard, says nothing of this process.
   */
  alive(nowMs: number): Alive {
    const before = this.#aliveAtMs;
    if (nowMs < before && before !== Infinity)
      return { stall: null, readToMs: nowMs, hasCaughtUp: false };
    const readBeforeMs = this.#readToMs(before);
    this.#aliveAtMs = nowMs;
    const hasStalled = nowMs - before > STALL_MS;
    if (hasStalled) {
      const isReading = readBeforeMs !== before;
      const readingMs = CATCHING_UP_MS + (nowMs - before) * CATCHING_UP_SHARE;
      const caughtUpAtMs = nowMs + Math.min(readingMs, MOST_CATCHING_UP_MS);
      // What is left of one stall is read after the next.
      const left =
        isReading && before - this.#readingSinceMs <= MOST_JOINED_MS ? this.#stall : null;
      if (left === null) this.#readingSinceMs = nowMs;
      this.#stall = {
        fromMs: left?.fromMs ?? before,
        lastFromMs: before,
        toMs: nowMs,
        caughtUpAtMs: Math.max(caughtUpAtMs, left?.caughtUpAtMs ?? 0),
      };
    }
    const readToMs = this.#readToMs(nowMs);
    const hasCaughtUp = readBeforeMs !== before && readToMs === nowMs;
    return { stall: hasStalled ? this.#stall : null, readToMs, hasCaughtUp };
  }

  #readToMs(nowMs: number): number {
    if (this.#stall === null || nowMs >= this.#stall.caughtUpAtMs) return nowMs;
    return this.#stall.fromMs;
  }

  /** Milliseconds, at most, until everything has been read that the system kept; 0 when nothing was kept. */
  unreadForMs(nowMs: number): number {
    return Math.max(0, (this.#stall?.caughtUpAtMs ?? nowMs) - nowMs);
  }
}
