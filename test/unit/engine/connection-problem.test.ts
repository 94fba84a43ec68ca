import { describe, expect, test } from 'vitest';
import { DiscordError } from '../../../main/discord/discord-error.ts';
import { toProblem } from '../../../main/engine/error-code.ts';
import { NetworkError } from '../../../main/network/network-error.ts';
import { closeError, VoiceError } from '../../../main/voice/voice-error.ts';
import { problemText } from '../../../preload/contract/messages/text.ts';

const closed = (closeCode: number, cause?: Error): DiscordError =>
  new DiscordError('unreachable', 'gateway', { closeCode, cause });

describe('what a person is told', () => {
  test('of a bare close 4000 after the bot asked to join names the code and the step', () => {
    const lost = new DiscordError('session-lost', 'the session ended', { cause: closed(4000) });
    expect(toProblem(lost)).toEqual({
      code: 'discord-trouble',
      details: { step: 'join', answer: '4000' },
    });
    expect(problemText(toProblem(lost))).toContain('(4000) while the bot joined the channel');
  });

  test('of a close while signing in, or of an HTTP error in its place, likewise', () => {
    const limit = (cause: Error) => new DiscordError('unreachable', 'no session', { cause });
    expect(toProblem(limit(closed(4000))).details).toEqual({ step: 'events', answer: '4000' });
    const upgrade = new DiscordError('unreachable', 'no socket', { httpStatus: 502 });
    expect(toProblem(limit(closed(1006, upgrade)))).toMatchObject({ code: 'discord-trouble' });
    const blocked = new DiscordError('unreachable', 'no socket', { httpStatus: 403 });
    expect(toProblem(limit(closed(1006, blocked)))).toMatchObject({ code: 'discord-blocked' });
    const busy = new DiscordError('rate-limited', 'wait', { httpStatus: 429, retryAfterMs: 9e5 });
    expect(toProblem(limit(busy))).toEqual({ code: 'discord-limited', details: { minutes: 15 } });
  });

  test('is the internet connection only where nobody answered', () => {
    const silent = toProblem(new DiscordError('unreachable', 'x', { cause: closed(1006) }));
    expect(silent).toEqual({ code: 'discord-unreachable', details: { step: 'events' } });
    expect(problemText(silent)).toContain('internet connection');
    expect(problemText(silent)).not.toContain('by itself');
  });

  test('of a voice server that is not there, and of one that closes, is not the same', () => {
    expect(toProblem(new VoiceError('unreachable', 'x')).details).toEqual({ step: 'voice' });
    expect(toProblem(closeError(4015, '')).details).toEqual({ step: 'closed', answer: '4015' });
  });

  test('of TLS or a proxy on the way to any of the three is that', () => {
    const way = new NetworkError('certificate-untrusted', { host: 'h', issuer: 'Scanner' });
    for (const error of [
      new DiscordError('no-way', 'x', { cause: way }),
      closed(1006, way),
      new VoiceError('unreachable', 'x', { cause: way }),
    ])
      expect(toProblem(error)).toEqual({ code: way.reason, details: way.details });
  });
});
