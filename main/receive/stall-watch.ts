/** A stretch in which this process did not run, on the monotonic clock: the computer slept, or had other things to do. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
  /** When the last has been read of what the system kept meanwhile. */
  readonly caughtUpAtMs: number;
}

/** Shorter ones do no more than the network does. */
const STALL_MS = 100;

/** What the system kept meanwhile is read within so long after a stall, … */
const CATCHING_UP_MS = 40;
/** … and this share of its length, … */
const CATCHING_UP_SHARE = 0.2;
/** … but a socket's buffer is not without end. */
const MOST_CATCHING_UP_MS = 2_000;

/** Stalls that follow each other are one for so long after the first has ended: then all that it left has been read. */
const MOST_JOINED_MS = 3_000;

export interface Alive {
  /** The one that has just ended; null when there was none. */
  readonly stall: Stall | null;
  /** What arrived until then has been read: what is read now, arrived later. */
  readonly readToMs: number;
  /** Whether the last has just been read that was kept in a stall. */
  readonly hasCaughtUp: boolean;
}

/** Notices when this process did not run: packets that are read right after that arrived at any time within it. */
export class StallWatch {
  #aliveAtMs = Infinity;
  /** The last one. */
  #stall: Stall | null = null;
  /** When the first of the stalls ended that are one. */
  #readingSinceMs = -Infinity;

  /** To be called with every packet, and every 20 ms or so. */
  alive(nowMs: number): Alive {
    const before = this.#aliveAtMs;
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

  /** How long it takes at most until all has been read that the system kept. */
  unreadForMs(nowMs: number): number {
    return Math.max(0, (this.#stall?.caughtUpAtMs ?? nowMs) - nowMs);
  }
}
