import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createLog, silentLog } from '../../../../main/base/log.ts';
import { Seal } from '../../../../main/recording/seal/seal.ts';
import { Semaphore } from '../../../../main/recording/track/semaphore.ts';
import { hashLine } from '../../../../main/recording/seal/seal-line.ts';
import { scratchFolder } from '../../../support/scratch-folder.ts';
import { sealLines } from '../../../support/sealed-recording.ts';

const START_MS = Date.UTC(2026, 10, 24);

/** A moment so many seconds after the start. */
function after(seconds: number): { samples: number; atMs: number } {
  return { samples: seconds * 48_000, atMs: START_MS + seconds * 1_000 };
}

test('each second has one line, however late, and none follows the end', async () => {
  const folder = await scratchFolder();
  const options = { folder, settingsFolder: null, log: silentLog, syncs: new Semaphore(1) };
  await using seal = await Seal.open(options);
  const events = { onDisk: { bytes: 1, sha256: hashLine('1') } };
  seal.begin(START_MS);
  for (const seconds of [0.4, 0.8, 1.2, 1.6, 2, 2.4, 9, 9.4, 10, 10.4])
    await seal.mark(after(seconds), { events, tracks: [] });
  await Promise.all([
    seal.end(after(12), { events, tracks: [] }),
    seal.mark(after(12.4), { events, tracks: [] }),
  ]);
  const lines = (await sealLines(folder)).map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject(
    [0, 1.2, 2, 9, 10, 12].map((seconds, n) => ({ n, samples: seconds * 48_000 })),
  );
  expect(lines.at(-1)).toMatchObject({ act: 'closed' });
});

test('nothing is written before the first line, however long a slow disk holds the beginning up', async () => {
  const folder = await scratchFolder();
  const options = { folder, settingsFolder: null, log: silentLog, syncs: new Semaphore(1) };
  await using seal = await Seal.open(options);
  const events = { onDisk: { bytes: 1, sha256: hashLine('1') } };
  await seal.mark(after(3), { events, tracks: [] });
  seal.begin(START_MS);
  await seal.end(after(4), { events, tracks: [] });
  const lines = (await sealLines(folder)).map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([{ n: 0, seal: 1 }, { act: 'closed' }]);
});

test('a settings folder that cannot hold the key costs the signatures alone, and the log says why', async () => {
  const folder = await scratchFolder();
  const settingsFolder = path.join(folder, 'settings');
  await writeFile(settingsFolder, 'no folder');
  const told: string[] = [];
  const log = createLog('warn', (_level, line) => told.push(line));
  await using seal = await Seal.open({ folder, settingsFolder, log, syncs: new Semaphore(1) });
  seal.begin(START_MS);
  await seal.close();
  const [line = ''] = await sealLines(folder);
  expect(JSON.parse(line)).toMatchObject({ seal: 1, publicKey: null });
  expect(line).not.toContain('signature');
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('recording not signed');
});

test('a folder that takes no seal costs the seal alone, and the log says so', async () => {
  const folder = path.join(await scratchFolder(), 'missing');
  const told: string[] = [];
  const log = createLog('warn', (_level, line) => told.push(line));
  await using seal = await Seal.open({
    folder,
    settingsFolder: null,
    log,
    syncs: new Semaphore(1),
  });
  const events = { onDisk: { bytes: 0, sha256: hashLine('') } };
  seal.begin(START_MS);
  await seal.mark(after(1), { events, tracks: [] });
  await seal.end(after(2), { events, tracks: [] });
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('recording not sealed');
});
