import { createHash } from 'node:crypto';
import type { RestAnswer } from './rest-answer.ts';
import { tooManyRequests } from './rest-answer.ts';

/** How many requests are answered in a window of that length. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

interface Window {
  readonly endsAtMs: number;
  used: number;
}

const GLOBAL: RateLimit = { requests: 50, windowMs: 1000 };

/** Counts requests as Discord does: a window for each bucket of a bot, one for all its requests. */
export class RateLimits {
  readonly #windows = new Map<string, Window>();

  /** Counts one request. Gives the headers of its answer, and in `refused` the 429 when the request is over a limit. */
  take(
    bucket: { readonly name: string; readonly owner: string; readonly limit: RateLimit },
    nowMs: number,
  ): { headers: Record<string, string>; refused: RestAnswer | null } {
    const all = this.#window(`global ${bucket.owner}`, GLOBAL, nowMs);
    const own = this.#window(`${bucket.name} ${bucket.owner}`, bucket.limit, nowMs);
    all.used += 1;
    own.used += 1;
    const resetAfterSeconds = Math.max(0, own.endsAtMs - nowMs) / 1000;
    const headers = {
      'X-RateLimit-Limit': String(bucket.limit.requests),
      'X-RateLimit-Remaining': String(Math.max(0, bucket.limit.requests - own.used)),
      'X-RateLimit-Reset': (Date.now() / 1000 + resetAfterSeconds).toFixed(3),
      'X-RateLimit-Reset-After': resetAfterSeconds.toFixed(3),
      'X-RateLimit-Bucket': createHash('sha256').update(bucket.name).digest('hex').slice(0, 32),
    };
    const refused =
      own.used > bucket.limit.requests
        ? tooManyRequests(resetAfterSeconds)
        : all.used > GLOBAL.requests
          ? tooManyRequests(Math.max(0, all.endsAtMs - nowMs) / 1000, 'global')
          : null;
    return { headers, refused };
  }

  #window(key: string, limit: RateLimit, nowMs: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && known.endsAtMs > nowMs) return known;
    const window = { endsAtMs: nowMs + limit.windowMs, used: 0 };
    this.#windows.set(key, window);
    return window;
  }
}
