import { describe, expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../../preload/contract/error-codes.ts';
import { exitCodeOf } from '../../../main/cli/exit-code.ts';

describe('exit code', () => {
  test.each<[ErrorCode, number]>([
    ['bad-usage', 2],
    ['not-available-yet', 2],
    ['address-not-loopback', 2],
    ['not-a-recording', 2],
    ['unknown-track', 2],
    ['time-outside', 2],
    ['no-token', 3],
    ['token-rejected', 3],
    ['unknown-channel', 4],
    ['not-a-voice-channel', 4],
    ['channel-hidden', 4],
    ['channel-full', 4],
    ['permission-missing', 4],
    ['join-timeout', 4],
    ['udp-unanswered', 4],
    ['e2ee-unavailable', 4],
    ['cannot-give-notice', 4],
    ['already-recording', 4],
    ['interactions-elsewhere', 4],
    ['discord-unreachable', 5],
    ['discord-trouble', 5],
    ['discord-limited', 5],
    ['discord-blocked', 5],
    ['not-discord', 5],
    ['certificate-untrusted', 5],
    ['certificate-wrong-host', 5],
    ['certificate-expired', 5],
    ['clock-wrong', 5],
    ['tls-failed', 5],
    ['proxy-refused', 5],
    ['proxy-unreachable', 5],
    ['proxy-unusable', 5],
    ['kicked', 5],
    ['channel-deleted', 5],
    ['call-ended', 5],
    ['session-rejected', 5],
    ['bot-refused', 5],
    ['voice-refused', 5],
    ['reconnect-limited', 5],
    ['disk-full', 6],
    ['disk-error', 6],
    ['fault', 70],
  ])('of %s is %i', (code, exitCode) => {
    expect(exitCodeOf(code)).toBe(exitCode);
  });

  test('no failure ends with 0, 1 or 130', () => {
    expect(ERROR_CODES.map(exitCodeOf).filter((code) => [0, 1, 130].includes(code))).toEqual([]);
  });
});
