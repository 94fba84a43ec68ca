import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { App } from '../support/app.ts';
import { parseLines } from '../support/command-line.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

describe('npm run demo', () => {
  test('refuses an unknown option before anything is opened', async () => {
    const folder = await scratchFolder();
    const out = path.join(folder, 'out');
    const { exitCode, stdout } = await new App(['--json', '--out', out, '--bogus'], folder).ended;
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'bad-usage' }]);
    expect(stdout).toContain('--bogus');
    expect(exitCode).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves its recording and no other file', async () => {
    const [temporary, out] = [await scratchFolder(), await scratchFolder()];
    const words = ['--json', '--seconds', '1', '--out', out];
    const { exitCode, stdout } = await new App(words, temporary).ended;
    expect(parseLines(stdout).slice(-2)).toMatchObject([
      { event: 'stopped', reason: 'duration' },
      { event: 'exported' },
    ]);
    expect(exitCode).toBe(0);
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(out)).toHaveLength(1);
  });

  test('ends with 6 and a sentence when it cannot write', async () => {
    const folder = await scratchFolder();
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const words = ['--json', '--seconds', '1', '--out', path.join(file, 'out')];
    const { exitCode, stdout } = await new App(words, folder).ended;
    const lines = parseLines(stdout);
    const told = lines.filter(({ event }) => event !== 'notice');
    expect(told).toMatchObject([{ event: 'connected' }, { event: 'error', code: 'disk-error' }]);
    expect(told[1]?.['message']).toContain('out cannot be written. Check');
    expect(exitCode).toBe(6);
  });
});
