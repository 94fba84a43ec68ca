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
const CATCHING_UP_MS = 150;
/** … and this share of its length. */
const CATCHING_UP_SHARE = 0.05;

/** Notices when this process did not run: packets that are read right after that arrived at any time within it. */
export class StallWatch {
  #aliveAtMs: number | null = null;

  /** To be called with every packet, and every 20 ms or so. The stall that has just ended; null when there was none. */
  alive(nowMs: number): Stall | null {
    const fromMs = this.#aliveAtMs;
    this.#aliveAtMs = nowMs;
    if (fromMs === null || nowMs - fromMs <= STALL_MS) return null;
    const caughtUpAtMs = nowMs + CATCHING_UP_MS + (nowMs - fromMs) * CATCHING_UP_SHARE;
    return { fromMs, toMs: nowMs, caughtUpAtMs };
  }
}
