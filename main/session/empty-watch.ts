import type { Clock } from '../base/clock.ts';

/** A day. `setTimeout` takes 24.8 days at most, so a longer limit is waited for a day at a time. */
const MOST_TIMER_MS = 86_400_000;

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
    if (state === 'empty' && this.#running !== null) return;
    this.#stop();
    if (state === 'people') this.#leftMs = this.#options.limitMs;
    if (state === 'empty') this.#start();
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #start(): void {
    const { clock, onLimit } = this.#options;
    const forMs = Math.min(this.#leftMs, MOST_TIMER_MS);
    const timer = setTimeout(() => {
      if (this.#leftMs <= forMs) return onLimit();
      this.#stop();
      this.#start();
    }, forMs);
    this.#running = { timer, sinceMs: clock.monotonicMs() };
  }

  #stop(): void {
    if (this.#running === null) return;
    clearTimeout(this.#running.timer);
    this.#leftMs -= this.#options.clock.monotonicMs() - this.#running.sinceMs;
    this.#running = null;
  }
}
