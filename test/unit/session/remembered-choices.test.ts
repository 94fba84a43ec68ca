import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { StorageError } from '../../../main/recording/storage-error.ts';
import { RememberedChoices } from '../../../main/session/remembered-choices.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const ANN = '11';
const BEN = '12';

describe('who is left out', () => {
  test('is remembered by server, each choice by whose it is', async () => {
    const folder = path.join(await scratchFolder(), 'settings');
    const choices = new RememberedChoices(folder);
    expect(await choices.of('1')).toEqual({ excluded: [], refused: [] });
    await Promise.all([
      choices.choose('1', { userId: ANN, excluded: true, by: 'operator' }),
      choices.choose('1', { userId: ANN, excluded: true, by: 'person' }),
      choices.choose('1', { userId: BEN, excluded: true, by: 'operator' }),
      choices.choose('2', { userId: BEN, excluded: true, by: 'person' }),
    ]);
    const another = new RememberedChoices(folder);
    expect(await another.of('1')).toEqual({ excluded: [ANN, BEN], refused: [ANN] });
    await another.choose('1', { userId: ANN, excluded: false, by: 'operator' });
    await another.choose('2', { userId: BEN, excluded: false, by: 'operator' });
    expect(await choices.of('1')).toEqual({ excluded: [BEN], refused: [ANN] });
    expect(await choices.of('2')).toEqual({ excluded: [], refused: [BEN] });
    const { mode } = await stat(path.join(folder, 'left-out.json'));
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
  });

  test('keeps what a later version wrote beside it', async () => {
    const folder = await scratchFolder();
    const file = path.join(folder, 'left-out.json');
    const guild = { excluded: [], refused: [ANN], since: 'x' };
    await writeFile(file, JSON.stringify({ version: 1, guilds: { 1: guild }, more: true }));
    const choices = new RememberedChoices(folder);
    await choices.choose('1', { userId: BEN, excluded: true, by: 'operator' });
    const written: unknown = JSON.parse(await readFile(file, 'utf8'));
    expect(written).toMatchObject({ more: true, guilds: { 1: { ...guild, excluded: [BEN] } } });
  });

  test.each(['', '{', '{"version":2,"guilds":{}}', '{"version":1,"guilds":{"1":{"excluded":7}}}'])(
    'is not taken for nobody where the file holds %j',
    async (content) => {
      const folder = await scratchFolder();
      const file = path.join(folder, 'left-out.json');
      await writeFile(file, content);
      const choices = new RememberedChoices(folder);
      const choice = { userId: ANN, excluded: true, by: 'person' } as const;
      await expect(choices.of('1')).rejects.toThrow(StorageError);
      await expect(choices.choose('1', choice)).rejects.toThrow(file);
      expect(await readFile(file, 'utf8')).toBe(content);
    },
  );
});
