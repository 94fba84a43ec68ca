import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { LogFile } from '../../../main/settings/log-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-log-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('log file', () => {
  test('holds one JSON object a line, without anything that looks like a token', async () => {
    const file = new LogFile(path.join(folder, 'logs'));
    const log = createLog('info', file.sink);
    log.info('signed in', { name: 'deck' });
    log.child('voice').warn('odd', { token: TOKEN });
    log.debug('left out by its level');
    await file.close();
    const lines = (await readFile(path.join(folder, 'logs', 'tapedeck.log'), 'utf8')).split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', message: 'signed in' });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ part: 'voice', token: '[token]' });
  });

  test('keeps a limited number of files and drops the oldest lines', async () => {
    for (let line = 0; line < 10; line += 1) {
      const file = new LogFile(folder, { mostBytes: 20, fileCount: 3 });
      file.sink('info', `line ${String(line)} of ten`);
      await file.close();
    }
    expect(await readdir(folder)).toEqual(['tapedeck.1.log', 'tapedeck.2.log', 'tapedeck.log']);
    const texts = ['tapedeck.2.log', 'tapedeck.1.log', 'tapedeck.log'].map(async (name) =>
      readFile(path.join(folder, name), 'utf8'),
    );
    expect((await Promise.all(texts)).join('')).toBe(
      'line 7 of ten\nline 8 of ten\nline 9 of ten\n',
    );
  });

  test('without a folder nothing is logged, and nothing fails', async () => {
    await writeFile(path.join(folder, 'taken'), '');
    const file = new LogFile(path.join(folder, 'taken', 'logs'));
    file.sink('error', 'nobody reads this');
    await expect(file.close()).resolves.toBeUndefined();
  });

  test('without a line there is no file', async () => {
    await new LogFile(path.join(folder, 'logs')).close();
    expect(await readdir(folder)).toEqual([]);
  });
});

const TOKEN = `${'M'.repeat(24)}.${'G'.repeat(6)}.${'x'.repeat(38)}`;
