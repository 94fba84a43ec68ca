import { isatty } from 'node:tty';

/** A terminal's and a supervisor's way to ask for an end. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A terminal and npm may each send the same signal; only one that comes later is meant as another. */
const SAME_WISH_MS = 2_000;

/** Signals and faults of this process while a command runs. */
export class Interrupts implements Disposable {
  readonly #first = new AbortController();
  readonly #again = new AbortController();
  readonly #fault = new AbortController();
  /**
   * Only who works in a terminal ends with it, on SIGHUP. What nohup started has none in its streams; that it had the
   * signal ignored cannot be seen, because Node.js undoes that before it runs us.
   */
  readonly #hasTerminal = [0, 1, 2].some((stream) => isatty(stream));
  #firstAtMs = 0;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    process.on('SIGHUP', this.#onHangup);
    process.on('uncaughtException', this.#onFault);
    process.on('unhandledRejection', this.#onFault);
  }

  /** Aborted by the first signal. */
  get first(): AbortSignal {
    return this.#first.signal;
  }

  /** Aborted by a signal later than 2 s after the first. */
  get again(): AbortSignal {
    return this.#again.signal;
  }

  /** Aborted, with what was thrown, by an exception that nobody caught. */
  get fault(): AbortSignal {
    return this.#fault.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    process.off('SIGHUP', this.#onHangup);
    process.off('uncaughtException', this.#onFault);
    process.off('unhandledRejection', this.#onFault);
  }

  readonly #onSignal = (): void => {
    const nowMs = performance.now();
    if (!this.#first.signal.aborted) {
      this.#firstAtMs = nowMs;
      this.#first.abort(new Error('interrupted'));
    } else if (nowMs - this.#firstAtMs > SAME_WISH_MS) {
      this.#again.abort(new Error('interrupted again'));
    }
  };

  readonly #onHangup = (): void => {
    if (this.#hasTerminal) this.#onSignal();
  };

  readonly #onFault = (thrown: unknown): void => this.#fault.abort(thrown);
}
