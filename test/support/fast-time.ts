import { setImmediate } from 'node:timers/promises';
import { vi } from 'vitest';

/** Time passes in steps of this size. Timers due within a step fire in order; what they send arrives after the step. */
const STEP_MS = 100;

/**
 * Turns of the event loop after each step: enough for data between two sockets of this process to arrive. A WebSocket
 * takes two for each message.
 */
const TURNS = 8;

/** Work of the system's own threads, which takes real time: names, connections, files. */
const SYSTEM_WORK = /^(GetAddrInfoReq|TCPConnect|PipeConnect|Write|Shutdown|FSReq)/;

/** Turns, at most, that a step waits for such work: what waits for itself must not hold time up. */
const MOST_TURNS = 200;

/**
 * Simulated timers and clocks, which pass as fast as the process can, for everything that starts after this was made;
 * sockets and files are real.
 */
export class FastTime implements Disposable {
  constructor() {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    });
  }

  /** Lets `durationMs` pass. */
  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) await this.#step();
  }

  /** Lets time pass until `work` settles, and gives what it gives; without a limit of its own. */
  async during<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = work.finally(() => {
      state.isDone = true;
    });
    done.catch(() => undefined); // no unhandled rejection: `done` is returned
    while (!state.isDone) await this.#step();
    return done;
  }

  [Symbol.dispose](): void {
    vi.useRealTimers();
  }

  async #step(): Promise<void> {
    vi.advanceTimersByTime(STEP_MS);
    await this.arrive();
  }

  /** Lets what is on its way arrive, while time stands still. */
  async arrive(): Promise<void> {
    for (let turn = 0; turn < TURNS || (isWorking() && turn < MOST_TURNS); turn += 1)
      await setImmediate();
  }
}

/** Whether the system has yet to finish something that was asked of it. */
function isWorking(): boolean {
  return process.getActiveResourcesInfo().some((resource) => SYSTEM_WORK.test(resource));
}
