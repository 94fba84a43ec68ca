import { describe, expect, test } from 'vitest';
import { secondsToMs } from '../../../main/discord/rate-limits.ts';
import { badResponse, errorOf, retryAfter } from '../../../main/discord/rest-answer.ts';

function answer(status: number, text: string, headers: Record<string, string> = {}) {
  return { status, text, headers: new Headers(headers) };
}

describe('errorOf', () => {
  test.each([
    [401, '{"message":"401: Unauthorized","code":0}', 'token-rejected', 0],
    [403, '{"message":"Missing Permissions","code":50013}', 'refused', 50013],
    [403, '{"message":"Missing Access","code":50001}', 'refused', 50001],
    [404, '{"message":"Unknown Channel","code":10003}', 'not-found', 10003],
    [400, '{"message":"Invalid Form Body","code":50035,"errors":{}}', 'bad-request', 50035],
    [503, '<html>oops</html>', 'unreachable', null],
    [302, '', 'bad-response', null],
    [418, '[]', 'bad-response', null],
    [404, '<html>no such page</html>', 'bad-response', null],
    [400, '', 'bad-response', null],
    [403, '<html>Attention Required!</html>', 'blocked', null],
    [403, '', 'blocked', null],
    [403, '{"message":"internal network error","code":40333}', 'blocked', 40333],
    [401, '<html>who are you?</html>', 'token-rejected', null],
    [502, '', 'unreachable', null],
  ])('HTTP %i %s is %s', (status, text, reason, apiCode) => {
    expect(errorOf('GET /x', answer(status, text))).toMatchObject({
      reason,
      apiCode,
      httpStatus: status,
    });
  });
});

test('an error keeps who gave the answer, for the log', () => {
  const headers = { 'cf-ray': '8f0c1a2b3c4d5e6f-FRA', 'content-type': 'text/html; charset=UTF-8' };
  const page = '<!DOCTYPE html>\n<title>Just a moment…</title>';
  const facts = { ray: headers['cf-ray'], contentType: headers['content-type'] };
  for (const error of [
    errorOf('GET /x', answer(403, page, headers)),
    badResponse('GET /x', answer(200, page, headers)),
  ]) {
    expect(error).toMatchObject(facts);
    expect(error.message).toContain('cf-ray 8f0c1a2b3c4d5e6f-FRA');
    expect(error.message).toContain('<!DOCTYPE html> <title>');
  }
});

test('no answer holds requests back for longer than a day', () => {
  expect(retryAfter(answer(429, '{"retry_after":1e300}')).waitMs).toBe(86_400_000);
  expect(retryAfter(answer(429, '', { 'retry-after': '999999999' })).waitMs).toBe(86_400_000);
});

test('an answer nested deeper than any of Discord’s is not parsed', () => {
  const deep = `${'['.repeat(70)}${']'.repeat(70)}`;
  const refused = `{"message":"Missing Access","code":50001,"errors":${deep}}`;
  expect(errorOf('GET /x', answer(403, refused))).toMatchObject({ apiCode: null });
  const busy = answer(429, `{"retry_after":1,"errors":${deep}}`);
  expect(retryAfter(busy)).toEqual({ waitMs: 5_000, scope: 'global' });
});

describe('retryAfter', () => {
  test('follows the body, in seconds with decimals', () => {
    const text = '{"message":"You are being rate limited.","retry_after":64.57,"global":false}';
    expect(retryAfter(answer(429, text, { 'retry-after': '65' }))).toEqual({
      waitMs: 64_570,
      scope: 'bucket',
    });
  });

  test('a global limit holds everything', () => {
    expect(retryAfter(answer(429, '{"retry_after":1,"global":true}')).scope).toBe('global');
    const headers = { 'x-ratelimit-global': 'true' };
    expect(retryAfter(answer(429, '{"retry_after":1}', headers)).scope).toBe('global');
  });

  test('a page that is not JSON limits every route, for as long as the header says', () => {
    const page = '<!DOCTYPE html><title>Access denied</title>';
    expect(retryAfter(answer(429, page, { 'retry-after': '7' }))).toEqual({
      waitMs: 7_000,
      scope: 'global',
    });
    expect(retryAfter(answer(429, page)).waitMs).toBe(5_000);
    expect(retryAfter(answer(429, '{"retry_after":-1}')).waitMs).toBe(5_000);
  });
});

describe('secondsToMs', () => {
  test('reads decimal seconds and nothing else', () => {
    expect(secondsToMs('0.5')).toBe(500);
    for (const bad of [
      null,
      '',
      '-1',
      'soon',
      '1e9',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      '9'.repeat(12),
    ])
      expect(secondsToMs(bad)).toBeNull();
  });
});
