import type { Clock } from '../base/clock.ts';
import { abortable, sleep } from '../base/wait.ts';
import { DiscordError } from './discord-error.ts';
import type { DiscordErrorDetails } from './discord-error.ts';
import { RollingWindow } from './rolling-window.ts';

/** Calls with the same `key` and `major` (guild or channel id) share their limit from the first request on. */
export interface Route {
  readonly key: string;
  readonly major: string;
}

interface Bucket {
  freeAtMs: number;
  /** Resolves when the request that entered last has its answer. */
  last: Promise<void>;
}

/** Discord's limit for a bot as a whole (topics/rate-limits, "Global Rate Limit"). */
const REQUESTS_PER_SECOND = 50;

/** Longest wait we make for a limit; beyond it the caller is told. */
export const LONGEST_WAIT_MS = 60_000;

/** `onLongWait` is called for a longer wait. */
const TOLD_MS = 5_000;

/** One queue per rate limit bucket: a request goes out when the one before has its answer and the limit allows it. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #window = new RollingWindow(REQUESTS_PER_SECOND, 1_000);
  readonly #bucketIds = new Map<string, string>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #onLongWait: (waitMs: number) => void;
  #freeAtMs = 0;

  constructor(clock: Clock, onLongWait: (waitMs: number) => void = () => undefined) {
    this.#clock = clock;
    this.#onLongWait = onLongWait;
  }

  /** Waits for the route's turn; calling the result ends the turn. Throws 'rate-limited' for a wait above 60 s. */
  async enter(route: Route, signal: AbortSignal): Promise<() => void> {
    const bucket = this.#bucket(route);
    const before = bucket.last;
    let leave = (): void => undefined;
    bucket.last = new Promise((resolve) => {
      leave = resolve;
    });
    try {
      await abortable(before, signal);
      await this.#waitForLimit(bucket, signal);
    } catch (error) {
      void before.then(leave); // requests behind this one still wait for the one before it
      throw error;
    }
    return leave;
  }

  /** Learns from an answer's headers: the bucket's name, and until when the bucket is empty. */
  learn(route: Route, headers: Headers): void {
    const bucketId = headers.get('x-ratelimit-bucket');
    const bucket = this.#bucket(route);
    if (bucketId !== null && bucketId !== '') {
      this.#bucketIds.set(route.key, bucketId);
      const shared = `${bucketId} ${route.major}`;
      if (!this.#buckets.has(shared)) this.#buckets.set(shared, bucket);
    }
    const resetAfterMs = secondsToMs(headers.get('x-ratelimit-reset-after'));
    if (headers.get('x-ratelimit-remaining') === '0' && resetAfterMs !== null)
      this.#holdBucket(route, resetAfterMs);
  }

  /** After a 429: no request of that bucket, or none at all, for `waitMs`. */
  hold(route: Route, wait: { readonly waitMs: number; readonly scope: 'global' | 'bucket' }): void {
    if (wait.scope === 'bucket') return this.#holdBucket(route, wait.waitMs);
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#clock.monotonicMs() + wait.waitMs);
  }

  #holdBucket(route: Route, waitMs: number): void {
    const bucket = this.#bucket(route);
    bucket.freeAtMs = Math.max(bucket.freeAtMs, this.#clock.monotonicMs() + waitMs);
  }

  async #waitForLimit(bucket: Bucket, signal: AbortSignal): Promise<void> {
    for (;;) {
      const nowMs = this.#clock.monotonicMs();
      const heldMs = Math.max(bucket.freeAtMs, this.#freeAtMs) - nowMs;
      const waitMs = heldMs > 0 ? heldMs : this.#window.take(nowMs);
      if (waitMs <= 0) return;
      if (waitMs > LONGEST_WAIT_MS) throw rateLimited(waitMs);
      if (waitMs > TOLD_MS) this.#onLongWait(waitMs);
      await sleep(waitMs, signal);
    }
  }

  #bucket({ key, major }: Route): Bucket {
    const name = `${this.#bucketIds.get(key) ?? key} ${major}`;
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const bucket: Bucket = { freeAtMs: 0, last: Promise.resolve() };
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

/** The error for a wait that Discord asks for; `details` are those of the answer that asked. */
export function rateLimited(waitMs: number, details: DiscordErrorDetails = {}): DiscordError {
  const message = `discord asks to wait ${String(Math.ceil(waitMs / 1000))} s`;
  const facts = { ...details, httpStatus: 429, retryAfterMs: waitMs };
  return new DiscordError('rate-limited', message, facts);
}

/** A header of decimal seconds in milliseconds; null when it is absent or no such number. */
export function secondsToMs(text: string | null): number | null {
  if (text === null || !/^\d{1,9}(\.\d+)?$/.test(text.trim())) return null;
  return Math.ceil(Number(text) * 1000);
}
