import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, SettingsFile } from '../../../main/settings/settings.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-settings-'));
  file = path.join(folder, 'settings.json');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('settings file', () => {
  test('a change is read back, and no temporary file is left', async () => {
    const settings = await SettingsFile.open(folder);
    expect(settings.current).toEqual(DEFAULT_SETTINGS);
    await settings.update({ chosenChannelId: '42' });
    expect((await SettingsFile.open(folder)).current.chosenChannelId).toBe('42');
    expect(await readdir(folder)).toEqual(['settings.json']);
  });

  test.each([
    ['no JSON', '{"version": 1, '],
    ['no object', '[1, 2]'],
    ['an empty file', ''],
  ])('%s gives the defaults', async (_case, text) => {
    await writeFile(file, text);
    expect((await SettingsFile.open(folder)).current).toEqual(DEFAULT_SETTINGS);
  });

  test('an invalid value alone gets its default', async () => {
    const bounds = { x: 1, y: 2, width: 3, height: 4 };
    await writeFile(
      file,
      JSON.stringify({ version: 1, chosenChannelId: '7', windowBounds: bounds }),
    );
    const { current } = await SettingsFile.open(folder);
    expect(current).toEqual({ chosenChannelId: '7', windowBounds: null });
  });

  test('keys of a later version survive a change', async () => {
    await writeFile(file, JSON.stringify({ version: 2, theme: 'amber' }));
    await (await SettingsFile.open(folder)).update({ chosenChannelId: '8' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      version: 1,
      theme: 'amber',
      chosenChannelId: '8',
    });
  });

  test('changes at the same time are all kept', async () => {
    const settings = await SettingsFile.open(folder);
    const windowBounds = { x: 0, y: 0, width: 800, height: 600 };
    await Promise.all([
      settings.update({ chosenChannelId: '9' }),
      settings.update({ windowBounds }),
    ]);
    expect((await SettingsFile.open(folder)).current).toEqual({
      chosenChannelId: '9',
      windowBounds,
    });
  });
});
