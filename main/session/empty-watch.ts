import type { Clock } from '../base/clock.ts';

/** A timer holds no more: 24.8 days. */
const MOST_TIMER_MS = 2 ** 31 - 1;

export interface EmptyWatchOptions {
  /** How long the channel may be without people. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly onLimit: () => void;
}

/** Calls `onLimit` when nobody has been in the channel for `limitMs`. Time without a connection does not count. */
export class EmptyWatch implements Disposable {
  readonly #options: EmptyWatchOptions;
  #leftMs: number;
  #running: { readonly timer: NodeJS.Timeout; readonly sinceMs: number } | null = null;

  constructor(options: EmptyWatchOptions) {
    this.#options = options;
    this.#leftMs = options.limitMs;
  }

  /** `people`: somebody is there, and counting begins anew. `unknown`: the connection is gone, and counting stands still. */
  update(state: 'empty' | 'people' | 'unknown'): void {
    const { clock, limitMs, onLimit } = this.#options;
    if (state === 'empty' && this.#running !== null) return;
    this.#stop();
    if (state === 'people') this.#leftMs = limitMs;
    if (state !== 'empty') return;
    const timer = setTimeout(onLimit, Math.min(this.#leftMs, MOST_TIMER_MS));
    this.#running = { timer, sinceMs: clock.monotonicMs() };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #stop(): void {
    if (this.#running === null) return;
    clearTimeout(this.#running.timer);
    this.#leftMs -= this.#options.clock.monotonicMs() - this.#running.sinceMs;
    this.#running = null;
  }
}
