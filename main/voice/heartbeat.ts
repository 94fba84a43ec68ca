import { heartbeatIntervalMs } from '../network/heartbeat-interval.ts';

/** Beats in a row that may go unanswered; in the place of the next one `onDead` is called. */
const MISSED_AT_MOST = 2;

/** Beats at an interval, by a timer of its own, and notices when no beat is answered. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #unanswered = 0;

  /** The first beat comes after one interval, which is kept within bounds. `onDead` is called once, and no beat comes after it. */
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
    }, heartbeatIntervalMs(options.intervalMs));
  }

  /** The server answered a beat. */
  acknowledge(): void {
    this.#unanswered = 0;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
