import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readToken } from '../../../main/cli/token.ts';

let typedIn = '';
beforeAll(async () => {
  typedIn = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-token-'));
  await writeFile(path.join(typedIn, 'good'), '\n from-file \r\n');
  await writeFile(path.join(typedIn, 'empty'), ' \n');
  await writeFile(path.join(typedIn, 'two words'), 'a token');
});
afterAll(async () => {
  await rm(typedIn, { recursive: true, force: true });
});

const env = { DISCORD_TOKEN: ' from-env\n' };

describe('token', () => {
  test('comes from the file first, without the white space around it', async () => {
    expect(await readToken({ tokenFile: 'good', typedIn, env })).toBe('from-file');
    const absolute = path.join(typedIn, 'good');
    expect(await readToken({ tokenFile: absolute, typedIn: '/', env: {} })).toBe('from-file');
  });

  test('comes from the environment without a file', async () => {
    expect(await readToken({ tokenFile: null, typedIn, env })).toBe('from-env');
  });

  test.each([
    ['none at all', { tokenFile: null, env: {} }, 'no-token'],
    ['an empty variable', { tokenFile: null, env: { DISCORD_TOKEN: '' } }, 'no-token'],
    ['a file that is not there', { tokenFile: 'missing', env }, 'no-token'],
    ['an empty file', { tokenFile: 'empty', env }, 'no-token'],
    ['two words', { tokenFile: 'two words', env }, 'token-incomplete'],
    [
      'a control character',
      { tokenFile: null, env: { DISCORD_TOKEN: 'a\u0007b' } },
      'token-incomplete',
    ],
    ['a novel', { tokenFile: null, env: { DISCORD_TOKEN: 'x'.repeat(5000) } }, 'token-incomplete'],
  ])('%s is refused', async (_case, sources, reason) => {
    await expect(readToken({ typedIn, ...sources })).rejects.toMatchObject({ reason });
  });
});
