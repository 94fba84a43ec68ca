import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../main/cli/sign-in.ts';
import { Output } from '../../../main/cli/output.ts';
import { readToken } from '../../../main/cli/token.ts';
import { streams } from '../../support/output-streams.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-token-'));
  await writeFile(path.join(folder, 'good'), '\n from-file \r\n');
  await writeFile(path.join(folder, 'empty'), ' \n');
  await writeFile(path.join(folder, 'two words'), 'a token');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const env = { DISCORD_TOKEN: ' from-env\n' };

describe('token', () => {
  test('comes from the file first, without the white space around it', async () => {
    expect(await readToken({ file: path.join(folder, 'good'), env })).toBe('from-file');
  });

  const utf16le = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  const TOKEN = 'MTIzNDU2.AAAA.this-is-no-real_token';

  test.each([
    ['UTF-16 with its mark, as PowerShell writes it', utf16le(`${TOKEN}\r\n`)],
    ['big-endian UTF-16 with its mark', utf16le(`${TOKEN}\r\n`).swap16()],
    ['UTF-16 without a mark', Buffer.from(TOKEN, 'utf16le')],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TOKEN}\n`)],
    ['Bot before it', Buffer.from(`Bot ${TOKEN}\n`)],
    ['bot and a tab before it', Buffer.from(`bot\t${TOKEN}`)],
    ['quotes around it', Buffer.from(`"${TOKEN}"\r\n`)],
    ['quotes of a word processor', Buffer.from(`\u201c${TOKEN}\u201d`)],
    ['quotes around Bot and quotes', Buffer.from(` "Bot '${TOKEN}' " \n\n`)],
    ['zero-width spaces and no-break spaces', Buffer.from(`\u200b\u00a0${TOKEN}\u2060 `)],
    ['all of that in UTF-16', utf16le(` 'Bot ${TOKEN}'\r\n`)],
  ])('is read from a file with %s', async (_case, bytes) => {
    await writeFile(path.join(folder, 'odd'), bytes);
    expect(await readToken({ file: path.join(folder, 'odd'), env: {} })).toBe(TOKEN);
  });

  test('is read alike from the environment', async () => {
    const odd = { DISCORD_TOKEN: `\ufeff"Bot ${TOKEN}"\r` };
    expect(await readToken({ file: null, env: odd })).toBe(TOKEN);
  });

  test('comes from the environment without a file', async () => {
    expect(await readToken({ file: null, env })).toBe('from-env');
  });

  test.each([
    ['none at all', { file: null, env: {} }, 'no-token'],
    ['an empty variable', { file: null, env: { DISCORD_TOKEN: '' } }, 'no-token'],
    ['a file that is not there', { file: 'missing', env }, 'no-token'],
    ['an empty file', { file: 'empty', env }, 'no-token'],
    ['two words', { file: 'two words', env }, 'token-incomplete'],
    ['a control character', { file: null, env: { DISCORD_TOKEN: 'a\u0007b' } }, 'token-incomplete'],
    ['a novel', { file: null, env: { DISCORD_TOKEN: 'x'.repeat(5000) } }, 'token-incomplete'],
  ])('%s is refused', async (_case, sources, reason) => {
    const file = sources.file === null ? null : path.join(folder, sources.file);
    await expect(readToken({ ...sources, file })).rejects.toMatchObject({ reason });
  });
});

describe.runIf(process.platform !== 'win32')('a token file that others can read (POSIX)', () => {
  const told = async (mode: number, name = 'good'): Promise<unknown> => {
    const file = path.join(folder, name);
    await writeFile(file, 'from-file');
    await chmod(file, mode);
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'json' });
    const at = { env: { INIT_CWD: folder }, output };
    expect(await tokenOf({ tokenFile: name }, at)).toBe('from-file');
    return text();
  };

  test.each([0o644, 0o640, 0o604, 0o664])(
    'is told of on stderr, with the cure: %o',
    async (mode) => {
      const file = path.join(folder, 'good');
      expect(await told(mode)).toEqual({
        stdout: '',
        stderr: `Others on this computer can read the token in ${file}. To keep it to yourself: chmod 600 ${file}\n`,
      });
    },
  );

  test.each([0o600, 0o400, 0o700, 0o711])('is told of only then: %o', async (mode) => {
    expect(await told(mode)).toEqual({ stdout: '', stderr: '' });
  });

  test('is named so that a shell takes the command', async () => {
    expect(await told(0o644, "a b's")).toMatchObject({
      stderr: expect.stringContaining(`chmod 600 '${folder}/a b'\\''s'\n`) as unknown,
    });
  });

  test('is not asked about where the token comes from elsewhere', async () => {
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'people' });
    expect(await tokenOf({ tokenFile: null }, { env, output })).toBe('from-env');
    expect(text()).toEqual({ stdout: '', stderr: '' });
  });
});
