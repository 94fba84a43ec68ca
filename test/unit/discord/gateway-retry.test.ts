import { describe, expect, test } from 'vitest';
import { DiscordError } from '../../../main/discord/discord-error.ts';
import type { ConnectionEnd, OwnReason } from '../../../main/discord/gateway-connection.ts';
import { afterEnd, afterFailure, pauseMs } from '../../../main/discord/gateway-retry.ts';
import { GATEWAY_TIMING } from '../../../main/discord/gateway-timing.ts';

const theirs = (code: number): ConnectionEnd => ({ kind: 'theirs', code, text: '', failure: null });
const ours = (why: OwnReason): ConnectionEnd => ({ kind: 'ours', why });

// Discord: topics/opcodes-and-status-codes, "Gateway Close Event Codes".
describe('afterEnd', () => {
  test.each([1000, 1001, 1005, 1006, 1011, 3000, 4000, 4001, 4002])('%i resumes', (code) => {
    expect(afterEnd(theirs(code))).toEqual({ kind: 'resume', pause: { kind: 'backoff' } });
  });

  test.each([4003, 4005, 4007, 4009])('%i identifies anew', (code) => {
    expect(afterEnd(theirs(code))).toEqual({ kind: 'identify', pause: { kind: 'random' } });
  });

  test('4008 waits longest and identifies anew', () => {
    expect(afterEnd(theirs(4008))).toEqual({ kind: 'identify', pause: { kind: 'long' } });
  });

  test.each([
    [4004, 'token-rejected'],
    [4010, 'shard-refused'],
    [4011, 'shard-refused'],
    [4012, 'version-refused'],
    [4013, 'intents-refused'],
    [4014, 'intents-refused'],
  ])('%i is final: %s', (code, reason) => {
    expect(afterEnd(theirs(code))).toMatchObject({
      kind: 'give-up',
      error: { reason, closeCode: code },
    });
  });

  test('a code nobody knows resumes', () => {
    expect(afterEnd(theirs(4099))).toMatchObject({ kind: 'resume' });
  });

  test('op 7 resumes without a pause, op 9 after a random one, a fault after the backoff', () => {
    expect(afterEnd(ours('reconnect'))).toEqual({ kind: 'resume', pause: { kind: 'none' } });
    expect(afterEnd(ours('session-resumable'))).toEqual({
      kind: 'resume',
      pause: { kind: 'random' },
    });
    expect(afterEnd(ours('session-invalid'))).toEqual({
      kind: 'identify',
      pause: { kind: 'random' },
    });
    for (const why of ['no-heartbeat-ack', 'no-hello', 'no-ready'] as const)
      expect(afterEnd(ours(why))).toEqual({ kind: 'resume', pause: { kind: 'backoff' } });
  });
});

describe('afterFailure', () => {
  const before = (firstReady: boolean) => ({ firstReady, timing: GATEWAY_TIMING });

  test('a rejected token is final at any time', () => {
    const error = new DiscordError('token-rejected', '401');
    for (const firstReady of [true, false])
      expect(afterFailure(error, before(firstReady))).toEqual({ kind: 'give-up', error });
  });

  test('a refusal is final before the first READY, and tried again after a long pause later', () => {
    const error = new DiscordError('refused', '403');
    expect(afterFailure(error, before(true))).toEqual({ kind: 'give-up', error });
    expect(afterFailure(error, before(false))).toMatchObject({ pause: { kind: 'until' } });
  });

  test('no network is tried again at any time', () => {
    const error = new DiscordError('unreachable', 'ECONNREFUSED');
    for (const firstReady of [true, false])
      expect(afterFailure(error, before(firstReady))).toMatchObject({ kind: 'resume' });
  });

  test('no session starts left is final before the first READY when the wait is too long', () => {
    const hours = new DiscordError('rate-limited', '', { retryAfterMs: 3_600_000 });
    const seconds = new DiscordError('rate-limited', '', { retryAfterMs: 3_000 });
    expect(afterFailure(hours, before(true))).toMatchObject({ kind: 'give-up' });
    expect(afterFailure(hours, before(false))).toMatchObject({ kind: 'resume' });
    expect(afterFailure(seconds, before(true))).toEqual({
      kind: 'resume',
      pause: { kind: 'until', waitMs: 3_000 },
    });
  });
});

describe('pauseMs', () => {
  const at = (random: number) => ({ timing: GATEWAY_TIMING, random: () => random });

  test('grows to 30 s with jitter', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) =>
      pauseMs({ kind: 'backoff' }, attempt, at(1)),
    );
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(pauseMs({ kind: 'backoff' }, 1, at(0))).toBe(500);
  });

  test('op 7 has no pause the first time, and one every further time', () => {
    expect(pauseMs({ kind: 'none' }, 1, at(1))).toBe(0);
    expect(pauseMs({ kind: 'none' }, 2, at(1))).toBe(1000);
  });

  test('op 9 waits 1 to 5 s', () => {
    expect(pauseMs({ kind: 'random' }, 1, at(0))).toBe(1000);
    expect(pauseMs({ kind: 'random' }, 1, at(1))).toBe(5000);
  });

  test('no pause is longer than a minute', () => {
    expect(pauseMs({ kind: 'until', waitMs: Infinity }, 1, at(1))).toBe(60_000);
    expect(pauseMs({ kind: 'until', waitMs: 3_000 }, 1, at(1))).toBe(3_000);
  });
});
