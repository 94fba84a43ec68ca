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
    expect(lineFor({ name: 'encryption', result: 'good', facts }).message).toContain(facts.mode);
  });

  test('a check that failed says what to do', () => {
    const problem = { code: 'udp-unanswered', details: {} } as const;
    const line = lineFor({ name: 'udp', result: 'bad', problem });
    expect(line).toMatchObject({ name: 'udp', ok: false });
    expect(line.message).toContain('firewall');
  });

  test('a check that was not tried says why', () => {
    const line = lineFor({ name: 'udp', result: 'skipped', because: 'no-channel' });
    expect(line.ok).toBe('skipped');
    expect(line.message).toContain('--channel');
    const beside = lineFor({ name: 'udp', result: 'skipped', because: 'elsewhere' });
    expect(beside.message).toContain('already');
  });
});
