import { heartbeatIntervalMs } from '../network/heartbeat-interval.ts';

/**
 * Beats of one connection: the first after a random part of the interval, then one per interval. When a beat is due
 * and the one before was not acknowledged, the connection is dead: `onZombie` is called once and the beats end.
 */
export class Heartbeat {
  readonly #intervalMs: number;
  readonly #handlers: { readonly beat: () => void; readonly onZombie: () => void };
  #timer: NodeJS.Timeout;
  #acknowledged = true;

  constructor(
    interval: { readonly intervalMs: number; readonly random: () => number },
    handlers: { readonly beat: () => void; readonly onZombie: () => void },
  ) {
    this.#intervalMs = heartbeatIntervalMs(interval.intervalMs);
    this.#handlers = handlers;
    this.#timer = setTimeout(() => this.#due(), this.#intervalMs * interval.random());
  }

  /** The server answered. */
  acknowledge(): void {
    this.#acknowledged = true;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #due(): void {
    if (!this.#acknowledged) return this.#handlers.onZombie();
    this.#acknowledged = false;
    this.#timer = setTimeout(() => this.#due(), this.#intervalMs);
    this.#handlers.beat();
  }
}
