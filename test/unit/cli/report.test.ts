import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../main/base/log.ts';
import { Output } from '../../../main/cli/output.ts';
import { reportFailure, tellFailure } from '../../../main/cli/report.ts';
import { BadUsage } from '../../../main/cli/usage-error.ts';
import { streams } from '../../support/output-streams.ts';

describe('a failure', () => {
  test('is an event with its code and its sentence filled in', () => {
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'json' });
    tellFailure({ code: 'channel-full', details: { count: 5, limit: 5 } }, output);
    const error: unknown = JSON.parse(text().stdout);
    expect(error).toMatchObject({ event: 'error', code: 'channel-full' });
    expect(JSON.stringify(error)).toMatch(/"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/);
    expect(JSON.stringify(error)).toContain('"message":"Full: 5 of 5 people. ');
  });

  test('without --json is a sentence on stderr', () => {
    const { text, ...both } = streams();
    tellFailure({ code: 'kicked', details: {} }, new Output({ ...both, mode: 'people' }));
    expect(text()).toEqual({ stdout: '', stderr: 'The bot was removed from the channel.\n' });
  });

  test('has an ellipsis in a place that no detail fills', () => {
    const { text, ...both } = streams();
    tellFailure({ code: 'unknown-track', details: {} }, new Output({ ...both, mode: 'people' }));
    expect(text().stderr).toBe('This recording has no track “…”.\n');
  });

  test('of usage names the word, and where help is', () => {
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'people' });
    const thrown = new BadUsage('usage.not-an-id', { option: '--channel', word: '{x}' });
    expect(reportFailure(thrown, { output, log: silentLog })).toBe(2);
    expect(text().stderr).toBe(
      'This is not how the command works: --channel {x} is not a Discord id\ntapedeck --help shows how.\n',
    );
  });
});
