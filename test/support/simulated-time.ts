import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../main/base/clock.ts';
import type { Every } from '../../main/base/every.ts';
import type { StoppedClock } from './dave-crowd.ts';

const STARTED_WALL_MS = Date.UTC(2026, 10, 23, 10, 15, 30);

interface Repeated {
  readonly periodMs: number;
  readonly work: () => Promise<void>;
  dueMs: number;
}

/** Time that moves by `set`; periodic work that is due is then done by `work`, and waited for. */
export class SimulatedTime {
  readonly clock: Clock;
  readonly #stopped: StoppedClock;
  readonly #repeated = new Set<Repeated>();

  constructor(stopped: StoppedClock) {
    this.#stopped = stopped;
    const startMs = stopped.nowMs;
    this.clock = {
      monotonicMs: stopped.monotonicMs,
      wallMs: () => STARTED_WALL_MS + Math.round(stopped.nowMs - startMs),
    };
  }

  readonly every: Every = (periodMs, work) => {
    const repeated = { periodMs, work, dueMs: this.#stopped.nowMs + periodMs };
    this.#repeated.add(repeated);
    return { [Symbol.dispose]: () => this.#repeated.delete(repeated) };
  };

  /** Sets the time. */
  set(nowMs: number): void {
    this.#stopped.nowMs = nowMs;
  }

  /** Does the work that is due, one after the other; true when there was any. So simulated time waits for the disk. */
  async work(): Promise<boolean> {
    let worked = false;
    for (const repeated of this.#repeated) {
      if (repeated.dueMs > this.#stopped.nowMs) continue;
      repeated.dueMs += repeated.periodMs;
      await repeated.work();
      worked = true;
    }
    if (worked) await setImmediate(); // a turn of the event loop for what the work has queued
    return worked;
  }
}
