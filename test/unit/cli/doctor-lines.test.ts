import { describe, expect, test } from 'vitest';
import { lineFor } from '../../../main/cli/doctor-lines.ts';

describe('doctor', () => {
  test('a check that passed says what it found', () => {
    expect(lineFor({ name: 'token', result: 'good', facts: { bot: 'Deck' } })).toEqual({
      name: 'token',
      ok: true,
      message: 'Discord accepts the token of Deck.',
    });
    const facts = { mode: 'aead_aes256_gcm_rtpsize', daveVersion: '0' };
    const { message } = lineFor({ name: 'encryption', result: 'good', facts });
    expect(message).toContain(`${facts.mode}. This call is not encrypted from end to end.`);
    const encrypted = { ...facts, daveVersion: '1' };
    expect(lineFor({ name: 'encryption', result: 'good', facts: encrypted }).message).toContain(
      `${facts.mode}. This call is encrypted from end to end (version 1).`,
    );
    const inGroup = { ...encrypted, code: '12345 67890' };
    expect(lineFor({ name: 'encryption', result: 'good', facts: inGroup }).message).toContain(
      '(version 1). Privacy code: 12345 67890.',
    );
    const echo = { name: 'udp', result: 'good', facts: { milliseconds: 12 } } as const;
    expect(lineFor(echo).message).toContain('within 12 ms');
    expect(lineFor({ ...echo, facts: {} }).message).toContain('echoes no keepalives');
    const heard = { names: 'Maya', packets: 480, lost: 0, unopened: 0, locked: 0, seconds: 10 };
    expect(lineFor({ name: 'hearing', result: 'good', facts: heard }).message).toBe(
      'Heard Maya: 480 packets in 10 seconds, opened and decoded; none was lost on the way.',
    );
    expect(lineFor({ name: 'encryption', result: 'good', facts: {} }).message).toContain(
      'was not tried',
    );
    expect(lineFor({ name: 'gateway', result: 'good', facts: { guilds: 1 } }).message).toBe(
      'Connected. The bot is in 1 server.',
    );
  });

  test('a check that failed says what to do', () => {
    const problem = { code: 'udp-unanswered', details: {} } as const;
    const line = lineFor({ name: 'udp', result: 'bad', problem });
    expect(line).toMatchObject({ name: 'udp', ok: false });
    expect(line.message).toContain('firewall');
    const fault = { code: 'fault', details: { message: 'nothing is decoded' } } as const;
    const told = (name: 'decoder' | 'token') => lineFor({ name, result: 'bad', problem: fault });
    expect(told('decoder').message).toBe('nothing is decoded. Install Tapedeck again.');
    expect(told('token').message).toBe('nothing is decoded.');
  });

  test.each(['nothing', 'deaf', 'transport', 'locked', 'undecodable', 'outside'] as const)(
    'what is not heard as it should be has a cure: %s',
    (fault) => {
      const facts = { people: 2, seconds: 10, packets: 9, unopened: 9, locked: 9 };
      const line = lineFor({ name: 'hearing', result: 'bad', fault, facts });
      expect(line).toMatchObject({ name: 'hearing', ok: false });
      expect(line.message).not.toContain('…');
      expect(line.message).toMatch(/(try|write|undeafen|let|choose) /i);
    },
  );

  test('a check that was not tried says why', () => {
    const line = lineFor({ name: 'udp', result: 'skipped', because: 'no-channel' });
    expect(line.ok).toBe('skipped');
    expect(line.message).toContain('--channel');
    const beside = lineFor({ name: 'udp', result: 'skipped', because: 'elsewhere' });
    expect(beside.message).toContain('already');
  });
});
