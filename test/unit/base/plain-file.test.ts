import { execFileSync } from 'node:child_process';
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { appendToFile, createFile, openPlainFile } from '../../../main/base/plain-file.ts';
import { finishReplacing, replaceFile } from '../../../main/base/replace-file.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

let folder = '';
let victim = '';
let planted = '';
beforeEach(async () => {
  folder = await scratchFolder();
  victim = path.join(folder, 'victim');
  planted = path.join(folder, 'planted');
  await writeFile(victim, 'mine');
});

const POSIX = process.platform !== 'win32';
const modeOf = async (file: string): Promise<string> =>
  ((await stat(file)).mode & 0o777).toString(8);

describe('a file', () => {
  test('is made only where nothing has its name, a link to nowhere included', async () => {
    await symlink(path.join(folder, 'nowhere'), planted);
    for (const file of [victim, planted])
      await expect(createFile(file)).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await readdir(folder)).sort()).toEqual(['planted', 'victim']);
  });

  test('is opened only where it is a plain one', async () => {
    await symlink(victim, planted);
    for (const access of ['read', 'change'] as const) {
      for (const file of [planted, folder])
        await expect(openPlainFile(file, access)).rejects.toMatchObject({
          ...(access === 'change' && file === folder
            ? { code: 'EISDIR' }
            : { reason: 'not-plain' }),
        });
    }
  });

  test.runIf(POSIX)('that is a pipe keeps nobody waiting (POSIX)', async () => {
    execFileSync('mkfifo', [planted]);
    for (const access of ['read', 'change'] as const)
      await expect(openPlainFile(planted, access)).rejects.toMatchObject({ reason: 'not-plain' });
    await expect(appendToFile(planted, 'x')).rejects.toThrow();
  });

  test('is added to, but neither through a link nor under another file’s name', async () => {
    const file = path.join(folder, 'log');
    await appendToFile(file, 'one ');
    await appendToFile(file, 'two');
    expect(await readFile(file, 'utf8')).toBe('one two');
    await symlink(victim, planted);
    await link(victim, path.join(folder, 'hard'));
    for (const name of ['planted', 'hard'])
      await expect(appendToFile(path.join(folder, name), 'x')).rejects.toMatchObject({
        reason: 'not-plain',
      });
    expect(await readFile(victim, 'utf8')).toBe('mine');
  });

  test.runIf(POSIX)('is read by this user alone (POSIX)', async () => {
    const file = path.join(folder, 'log');
    await appendToFile(file, 'x');
    await replaceFile(path.join(folder, 'settings'), 'x');
    expect([await modeOf(file), await modeOf(path.join(folder, 'settings'))]).toEqual([
      '600',
      '600',
    ]);
  });
});

describe('a file that is replaced', () => {
  test('is written under no name that can be guessed, and a link in its place is not followed', async () => {
    await symlink(victim, planted);
    for (const name of ['new', `${String(process.pid)}.new`, 'old'])
      await symlink(victim, `${planted}.${name}`);
    await replaceFile(planted, 'theirs');
    expect(await readFile(planted, 'utf8')).toBe('theirs');
    expect(await readFile(victim, 'utf8')).toBe('mine');
  });

  test('comes back from a crash between two renames; a folder that is a link stays as it is', async () => {
    const names = new Set(['settings']);
    const left = ['settings.0123456789abcdef.old', 'settings.fedcba9876543210.new', 'settings.new'];
    const outside = path.join(folder, 'outside');
    await mkdir(outside);
    for (const name of left) await writeFile(path.join(outside, name), name);
    await symlink(outside, planted);
    await finishReplacing(planted, names);
    expect((await readdir(outside)).sort()).toEqual(left);
    await finishReplacing(outside, names);
    expect(await readdir(outside)).toEqual(['settings']);
    expect(await readFile(path.join(outside, 'settings'), 'utf8')).toBe(left[0]);
  });
});
