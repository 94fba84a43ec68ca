import { isatty } from 'node:tty';

/** Ctrl-C in a terminal sends SIGINT, a supervisor such as systemd SIGTERM. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** For one Ctrl-C the terminal and npm may each send a signal; a signal within 2 s of the first counts as the same. */
const SAME_WISH_MS = 2_000;

/** Signals and faults of this process while a command runs. */
export class Interrupts implements Disposable {
  readonly #first = new AbortController();
  readonly #again = new AbortController();
  readonly #fault = new AbortController();
  /**
   * SIGHUP ends a process that has a terminal among its three streams. Under nohup there is none; that nohup ignores the
   * signal cannot be asked, because Node.js resets ignored signals when it starts.
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
