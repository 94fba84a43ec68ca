import { describe, expect, test } from 'vitest';
import { Keepalives } from '../../../main/voice/keepalive.ts';

const echoOf = (seqHex: string) => Buffer.from(`1337f00d${seqHex}`, 'hex');

describe('keepalives', () => {
  test('count up from 0 in the form of the official clients', () => {
    const keepalives = new Keepalives();
    expect(Buffer.from(keepalives.write(0)).toString('hex')).toBe('1337cafe00000000');
    expect(Buffer.from(keepalives.write(5_000)).toString('hex')).toBe('1337cafe00000001');
    expect(keepalives.echo).toEqual({
      sentCount: 2,
      echoedCount: 0,
      lastEchoAtMs: null,
      roundTripMs: null,
    });
  });

  test('measure the round trip by the echo of the same number', () => {
    const keepalives = new Keepalives();
    keepalives.write(1_000);
    keepalives.write(6_000);
    keepalives.note(echoOf('00000000'), 6_020);
    expect(keepalives.echo).toMatchObject({
      echoedCount: 1,
      lastEchoAtMs: 6_020,
      roundTripMs: 5_020,
    });
    keepalives.note(echoOf('00000001'), 6_030);
    expect(keepalives.echo).toMatchObject({ echoedCount: 2, roundTripMs: 30 });
  });

  test('ignore a second echo, an echo of a number never sent, and every truncation', () => {
    const keepalives = new Keepalives();
    keepalives.write(0);
    for (let end = 0; end < 8; end += 1) keepalives.note(echoOf('00000000').subarray(0, end), 1);
    keepalives.note(echoOf('00000007'), 1);
    keepalives.note(Buffer.from('1337cafe00000000', 'hex'), 1);
    expect(keepalives.echo.echoedCount).toBe(0);
    keepalives.note(echoOf('00000000'), 2);
    keepalives.note(echoOf('00000000'), 3);
    expect(keepalives.echo).toMatchObject({ echoedCount: 1, lastEchoAtMs: 2 });
  });

  test('forget a keepalive after sixteen more', () => {
    const keepalives = new Keepalives();
    for (let count = 0; count < 17; count += 1) keepalives.write(count);
    keepalives.note(echoOf('00000000'), 20);
    expect(keepalives.echo.echoedCount).toBe(0);
    keepalives.note(echoOf('00000001'), 20);
    expect(keepalives.echo.echoedCount).toBe(1);
  });
});
