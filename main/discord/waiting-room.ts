import { abortable } from '../base/wait.ts';

/** Promises that wait for the same event: the next `open()` resolves them all, `fail()` rejects them all. */
export class WaitingRoom {
  readonly #waiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();

  /** Rejects with the signal's reason when `signal` is aborted first. */
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
