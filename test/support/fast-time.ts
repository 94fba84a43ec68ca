import { setImmediate } from 'node:timers/promises';
import { vi } from 'vitest';

/** Timers that are due within one step fire in order, at their own times; what they send arrives after the step. */
const STEP_MS = 100;

/** Turns of the event loop a step: what is on its way between two sockets of this process gets there within a few. */
const TURNS = 4;

/**
 * Time that runs as fast as this process can, for whatever begins while it is there: timers and clocks are simulated,
 * sockets and files are real.
 */
export class FastTime implements Disposable {
  constructor() {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    });
  }

  /** Lets so much time go by. */
  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) await this.#step();
  }

  /** Lets time go by until the work is done; its time limits are its own. */
  async during<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = work.finally(() => {
      state.isDone = true;
    });
    done.catch(() => undefined); // it is awaited below
    while (!state.isDone) await this.#step();
    return done;
  }

  [Symbol.dispose](): void {
    vi.useRealTimers();
  }

  async #step(): Promise<void> {
    vi.advanceTimersByTime(STEP_MS);
    for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
  }
}
