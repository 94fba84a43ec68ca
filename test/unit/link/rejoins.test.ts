import { describe, expect, test } from 'vitest';
import { Rejoins } from '../../../main/link/rejoins.ts';
import { DiscordError } from '../../../main/discord/discord-error.ts';
import { closeError, VoiceError } from '../../../main/voice/voice-error.ts';

describe('joining again', () => {
  test('follows a loss at once, then pauses longer and longer, a minute at most, with jitter', () => {
    const rejoins = new Rejoins();
    const pauses = Array.from({ length: 10 }, () => {
      rejoins.failed(closeError(4006, ''));
      return [rejoins.pauseMs(0), rejoins.pauseMs(1)];
    });
    expect(pauses).toEqual([
      ...[
        [0, 0],
        [250, 500],
        [500, 1_000],
        [1_000, 2_000],
        [2_000, 4_000],
      ],
      ...[
        [4_000, 8_000],
        [8_000, 16_000],
        [16_000, 32_000],
        [30_000, 60_000],
        [30_000, 60_000],
      ],
    ]);
  });

  test('begins anew after a connection that held', () => {
    const rejoins = new Rejoins();
    for (let count = 0; count < 8; count += 1) rejoins.failed(closeError(4006, ''));
    rejoins.ended(29_999);
    rejoins.failed(closeError(4006, ''));
    expect(rejoins.pauseMs(1)).toBe(60_000);
    rejoins.ended(30_000);
    rejoins.failed(closeError(4006, ''));
    expect(rejoins.pauseMs(1)).toBe(0);
  });

  // One fresh join is tried after these codes. The same code right after that join is final.
  test.each([4001, 4002, 4003, 4004, 4020])('is over when %i comes back', (code) => {
    const rejoins = new Rejoins();
    expect(rejoins.failed(closeError(code, ''))).toBe('again');
    rejoins.ended(1_000);
    expect(rejoins.failed(closeError(code, ''))).toBe('final');
    const later = new Rejoins();
    later.failed(closeError(code, ''));
    later.ended(60_000);
    expect(later.failed(closeError(code, ''))).toBe('again');
  });

  test.each([4014, 4022])('is over when two joins in a row end with %i', (code) => {
    const rejoins = new Rejoins();
    expect(rejoins.failed(closeError(code, ''))).toBe('again');
    rejoins.ended(100); // a connection that opened in between does not count
    expect(rejoins.failed(closeError(code, ''))).toBe('again');
    expect(rejoins.failed(closeError(code, ''))).toBe('final');
  });

  test.each([
    ...[4005, 4006, 4009, 4011, 4015, 4999, 1006].map((code) => closeError(code, '')),
    new VoiceError('udp-unanswered', 'no answer'),
    new VoiceError('unreachable', 'no socket'),
    new VoiceError('protocol', 'nonsense'),
    new DiscordError('join-timeout', ''),
    new DiscordError('session-lost', ''),
    new DiscordError('unreachable', ''),
    null,
  ])('is never over because of %s', (why) => {
    const rejoins = new Rejoins();
    const verdicts = Array.from({ length: 100 }, () => rejoins.failed(why));
    expect(new Set(verdicts)).toEqual(new Set(['again']));
  });
});

describe('advice of another voice region', () => {
  const times = (why: unknown, ...atS: number[]) => {
    const rejoins = new Rejoins();
    return atS.filter((second) => rejoins.advisesRegion(why, second * 1_000));
  };

  test('comes with the third 4006 in a minute, once', () => {
    expect(times(closeError(4006, ''), 0, 5, 59, 61, 70, 100)).toEqual([59]);
  });

  test('comes again after a minute without', () => {
    expect(times(closeError(4006, ''), 0, 1, 2, 3, 70, 71, 72)).toEqual([2, 72]);
  });

  test('does not come with fewer, or for other causes', () => {
    expect(times(closeError(4006, ''), 0, 31, 61, 92, 122)).toEqual([]);
    expect(times(closeError(1006, ''), 0, 1, 2, 3)).toEqual([]);
    expect(times(new VoiceError('session-invalid', 'resume failed'), 0, 1, 2, 3)).toEqual([]);
  });
});
