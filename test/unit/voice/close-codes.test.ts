import { describe, expect, test } from 'vitest';
import { closeMeaning } from '../../../main/voice/close-codes.ts';
import { closeError, VoiceError } from '../../../main/voice/voice-error.ts';

describe('close code', () => {
  test.each([1000, 1001, 1005, 1006, 1011, 3000, 4013, 4015])('%i is resumed', (code) => {
    expect(closeMeaning(code)).toBeNull();
  });

  test.each([
    [4001, 'protocol', 'rejoin-once'],
    [4002, 'protocol', 'rejoin-once'],
    [4003, 'protocol', 'rejoin-once'],
    [4004, 'authentication', 'rejoin-once'],
    [4005, 'protocol', 'rejoin'],
    [4006, 'session-invalid', 'rejoin'],
    [4009, 'session-invalid', 'rejoin'],
    [4011, 'server-not-found', 'rejoin'],
    [4012, 'protocol', 'stop'],
    [4014, 'disconnected', 'await-server'],
    [4016, 'no-transport-mode', 'stop'],
    [4017, 'e2ee-required', 'stop'],
    [4020, 'protocol', 'rejoin-once'],
    [4021, 'rate-limited', 'stop'],
    [4022, 'call-ended', 'await-server'],
  ])('%i means %s, to be answered by %s', (closeCode, reason, remedy) => {
    expect(closeMeaning(closeCode)).toEqual({ reason, remedy });
    expect(closeError(closeCode, '')).toMatchObject({ closeCode, reason, remedy });
  });

  test('that is not documented is answered by a fresh join', () => {
    expect(closeMeaning(4999)).toEqual({ reason: 'protocol', remedy: 'rejoin' });
  });

  test('that would be resumed means "unreachable" before there is a session', () => {
    expect(closeError(1006, '')).toMatchObject({ reason: 'unreachable', remedy: 'rejoin' });
    expect(closeError(4015, '')).toMatchObject({ reason: 'unreachable', closeCode: 4015 });
  });
});

describe('voice error', () => {
  test('names the server’s code and text for the log', () => {
    expect(closeError(4006, 'Session is no longer valid.').message).toBe(
      'voice gateway closed with 4006: Session is no longer valid.',
    );
  });

  test('has no close code when no socket was closed', () => {
    const error = new VoiceError('udp-unanswered', 'no answer');
    expect(error).toMatchObject({ closeCode: null, remedy: 'rejoin-once' });
  });
});
