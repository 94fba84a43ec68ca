import { abortable } from '../base/wait.ts';

/** Promises that wait for the same thing: the next `open()` lets all of them in, `fail()` turns them away. */
export class WaitingRoom {
  readonly #waiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();

  /** Rejects with the signal's reason when it is aborted before. */
  async wait(signal: AbortSignal): Promise<void> {
    let leave = (): void => undefined;
    const turn = new Promise<void>((resolve, reject) => {
      const waiter = { resolve, reject };
      leave = () => this.#waiting.delete(waiter);
      this.#waiting.add(waiter);
    });
    try {
      await abortable(turn, signal);
    } finally {
      leave();
    }
  }

  open(): void {
    for (const { resolve } of this.#waiting) resolve();
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting) reject(error);
  }
}
