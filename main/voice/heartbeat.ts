/** Beats that may go unanswered one after the other; at the next one the peer counts as dead. */
const MISSED_AT_MOST = 2;

/** Beats at an interval and notices when nobody answers. Owns its timer. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #unanswered = 0;

  /** The first beat comes after one interval. `onDead` is called once, in place of a beat, and ends the beating. */
  constructor(options: {
    readonly intervalMs: number;
    readonly beat: () => void;
    readonly onDead: () => void;
  }) {
    this.#timer = setInterval(() => {
      if (this.#unanswered >= MISSED_AT_MOST) {
        this.close();
        return options.onDead();
      }
      this.#unanswered += 1;
      options.beat();
    }, options.intervalMs);
  }

  /** The server answered a beat. */
  acknowledge(): void {
    this.#unanswered = 0;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
