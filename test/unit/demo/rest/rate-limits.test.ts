import { describe, expect, test } from 'vitest';
import { RateLimits } from '../../../../main/demo/rest/rate-limits.ts';

describe('rate limits', () => {
  const bucket = { name: 'a', owner: 'bot', limit: { requests: 2, windowMs: 1000 } };

  test('the request after the last one is refused until the window ends', () => {
    const limits = new RateLimits();
    expect(limits.take(bucket, 0).headers['X-RateLimit-Remaining']).toBe('1');
    expect(limits.take(bucket, 100).refused).toBeNull();
    const third = limits.take(bucket, 400);
    expect(third.refused).toMatchObject({ status: 429, body: { retry_after: 0.6, global: false } });
    expect(limits.take(bucket, 1000).refused).toBeNull();
  });

  test('each bucket has an id of its own', () => {
    const limits = new RateLimits();
    const names = ['POST /channels/:channel/messages 1', 'POST /channels/:channel/messages 2'];
    const idOf = (name: string) =>
      limits.take({ ...bucket, name }, 0).headers['X-RateLimit-Bucket'];
    expect(new Set(names.map(idOf)).size).toBe(2);
    expect(idOf(names[0] ?? '')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('fifty requests a second are all a bot has, over all buckets', () => {
    const limits = new RateLimits();
    const answers = Array.from({ length: 51 }, (_, index) =>
      limits.take({ ...bucket, name: String(index) }, 10),
    );
    expect(answers.filter(({ refused }) => refused !== null)).toHaveLength(1);
    expect(answers.at(-1)?.refused).toMatchObject({
      headers: { 'X-RateLimit-Scope': 'global', 'X-RateLimit-Global': 'true' },
    });
  });
});
