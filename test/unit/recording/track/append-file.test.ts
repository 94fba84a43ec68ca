import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { AppendFile } from '../../../../main/recording/track/append-file.ts';
import { Semaphore } from '../../../../main/recording/track/semaphore.ts';
import { scratchFolder } from '../../../support/scratch-folder.ts';

test('while a sync takes long, pages are written, and none is missing at the end', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Semaphore(1);
  let endSync = (): void => undefined;
  void syncs.run(() => new Promise<void>((resolve) => (endSync = resolve))); // a sync of another file, which takes long
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

test('close waits for a sync that a flush began', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Semaphore(1);
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

test('a flush waits for a sync that begins after its bytes are written', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Semaphore(1);
  let endSync = (): void => undefined;
  void syncs.run(() => new Promise<void>((resolve) => (endSync = resolve)));
  const run = vi.spyOn(syncs, 'run');
  const written = new AppendFile(file, { syncs, onError: (error) => expect.fail(error.message) });
  const flushed = ['one', 'two'].map(async (word) => {
    written.push(Buffer.from(word));
    await written.flush();
  });
  await expect.poll(() => run.mock.calls.length).toBe(1);
  written.push(Buffer.from('three'));
  const last = written.flush();
  await expect.poll(() => readFile(file, 'utf8')).toBe('onetwothree');
  endSync();
  await Promise.all([...flushed, last]);
  expect(run).toHaveBeenCalledTimes(2);
  await written.close();
});

test('when a sync and a write fail together, no page is skipped', async () => {
  const folder = await scratchFolder();
  const file = path.join(folder, 'track');
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const errors: string[] = [];
  const onError = (error: Error): void => void errors.push(error.message);
  const written = new AppendFile(file, { syncs: new Semaphore(1), onError });
  const handle = await open(path.join(folder, 'other'), 'w');
  onTestFinished(() => handle.close());
  const prototype = z.custom<typeof handle>().parse(Object.getPrototypeOf(handle));
  let failSync: (error: Error) => void = () => undefined;
  let failWrite: (error: Error) => void = () => undefined;
  const sync = vi
    .spyOn(prototype, 'datasync')
    .mockImplementationOnce(() => new Promise<void>((_resolve, reject) => (failSync = reject)));
  written.push(Buffer.from('1111'));
  const flushed = [written.flush()];
  await expect.poll(() => sync.mock.calls.length).toBe(1);
  const write = vi
    .spyOn(prototype, 'write')
    .mockImplementationOnce(() => new Promise((_resolve, reject) => (failWrite = reject)));
  written.push(Buffer.from('2222'));
  flushed.push(written.flush());
  await expect.poll(() => write.mock.calls.length).toBe(1);
  failSync(full);
  await setImmediate();
  written.push(Buffer.from('3333'));
  failWrite(full);
  await Promise.all(flushed);
  written.push(Buffer.from('4444'));
  await written.retry();
  await written.close();
  vi.restoreAllMocks();
  expect(errors).toHaveLength(1);
  expect(written.failure).not.toBeNull();
  expect(await readFile(file, 'utf8')).toBe('1111');
});

test('what is on the disk is told with its SHA-256: what was synced, not what is queued', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Semaphore(1);
  await using written = new AppendFile(file, {
    syncs,
    onError: (error) => expect.fail(error.message),
  });
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  expect(written.onDisk).toEqual({ bytes: 0, sha256: sha256('') });
  written.push(Buffer.from('one '));
  written.push(Buffer.from('two '));
  expect(written.onDisk.bytes).toBe(0);
  await written.flush();
  expect(written.onDisk).toEqual({ bytes: 8, sha256: sha256('one two ') });
  written.push(Buffer.from('three'));
  expect(written.onDisk.bytes).toBe(8);
  await written.flush();
  await written.replaceLast(Buffer.from('THREE'));
  await written.close();
  expect(await readFile(file, 'utf8')).toBe('one two THREE');
  expect(written.onDisk).toEqual({ bytes: 13, sha256: sha256('one two THREE') });
});

test('while a sync takes long, only what was written before it is told to be on the disk', async () => {
  const file = path.join(await scratchFolder(), 'track');
  const syncs = new Semaphore(1);
  let endSync = (): void => undefined;
  void syncs.run(() => new Promise<void>((resolve) => (endSync = resolve)));
  await using written = new AppendFile(file, {
    syncs,
    onError: (error) => expect.fail(error.message),
  });
  written.push(Buffer.from('one'));
  const flushed = written.flush();
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('one');
  expect(written.onDisk.bytes).toBe(0);
  endSync();
  await flushed;
  expect(written.onDisk.bytes).toBe(3);
});
