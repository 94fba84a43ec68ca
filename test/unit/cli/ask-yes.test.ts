import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askYes } from '../../../main/cli/ask-yes.ts';

const { signal } = new AbortController();

describe('a question that deletes', () => {
  test.each([
    ['yes\n', true],
    [' YES \nno\n', true],
    ['y\n', false],
    ['yes please\n', false],
    ['\nyes\n', false],
    ['no\n', false],
    ['', false],
  ])('%j is %s', async (typed, answer) => {
    const input = new PassThrough();
    input.end(typed);
    expect(await askYes(input, signal)).toBe(answer);
  });

  test('is over when the command is interrupted', async () => {
    const interrupt = new AbortController();
    const asked = askYes(new PassThrough(), interrupt.signal);
    interrupt.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
  });
});
