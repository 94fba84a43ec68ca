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
    await writeFile(path.join(typedIn, 'odd'), bytes);
    expect(await readToken({ tokenFile: 'odd', typedIn, env: {} })).toBe(TOKEN);
  });

  test('is read alike from the environment', async () => {
    const odd = { DISCORD_TOKEN: `\ufeff"Bot ${TOKEN}"\r` };
    expect(await readToken({ tokenFile: null, typedIn, env: odd })).toBe(TOKEN);
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
