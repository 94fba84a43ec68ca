import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AppendFile } from '../../../main/recording/append-file.ts';
import { Turns } from '../../../main/recording/turns.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

test('while the disk takes its time to sync, what comes is written, and nothing is left out at the end', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Turns(1);
  let endSync = (): void => undefined;
  void syncs.run(() => new Promise<void>((resolve) => (endSync = resolve))); // another file's
  const written = new AppendFile(file, { syncs, onError: (error) => expect.fail(error.message) });
  const text = (): Promise<string> => readFile(file, 'utf8').catch(() => '');
  let synced = false;
  for (const word of ['one ', 'two ', 'three ']) {
    written.push(Buffer.from(word));
    void written.flush().then(() => (synced = true));
    await expect.poll(text).toContain(word);
  }
  expect(synced).toBe(false);
  const closed = written.close();
  written.push(Buffer.from('four'));
  endSync();
  await closed;
  expect(synced).toBe(true);
  expect(await text()).toBe('one two three four');
  written.push(Buffer.from('five'));
  await written.close();
  expect(await text()).toBe('one two three four');
});

test('a sync that another flush began is waited for before the file is closed', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Turns(1);
  let endSync = (): void => undefined;
  void syncs.run(() => new Promise<void>((resolve) => (endSync = resolve)));
  const errors: string[] = [];
  const written = new AppendFile(file, { syncs, onError: (error) => errors.push(error.message) });
  written.push(Buffer.from('one'));
  const flushed = written.flush();
  const closed = written.close();
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('one');
  await setImmediate();
  endSync();
  await Promise.all([flushed, closed]);
  expect(errors).toEqual([]);
});
