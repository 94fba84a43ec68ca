import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseManifest } from '../../main/recording/manifest.ts';
import { Recording } from '../../main/recording/recording.ts';
import { StoppedClock } from '../support/dave-crowd.ts';
import { ending, recordingOptions, temporaryLibrary } from '../support/recording-files.ts';
import { SimulatedTime } from '../support/simulated-time.ts';

test('three hundred people who come within 3 s cost a manifest a second, and all are in it soon', async () => {
  await using library = await temporaryLibrary();
  const stopped = new StoppedClock();
  const time = new SimulatedTime(stopped);
  const { clock, every } = time;
  const recording = await Recording.create(recordingOptions(library.folder, { clock, every }));
  const read = async () =>
    parseManifest(await readFile(path.join(recording.folder, 'recording.json'), 'utf8'));
  const startMs = stopped.nowMs;
  /** Lengths that manifests were saved with: each save has another. */
  const saves = new Set<number>();
  const pass = async (): Promise<void> => {
    time.set(stopped.nowMs + 10);
    await time.work();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate(); // whatever saves has had its chance
    saves.add((await read())?.samples ?? NaN);
  };
  for (let number = 0; number < 300; number += 1) {
    const userId = String(1_000_000 + number);
    const who = { userId, name: `N${userId}`, bot: false, excluded: false };
    recording.tell({ event: 'present', samples: (stopped.nowMs - startMs) * 48, ...who });
    await pass();
  }
  expect(saves.size).toBeLessThanOrEqual(5); // the first, and one in each second
  for (let number = 0; number < 150; number += 1) await pass();
  expect((await read())?.people).toHaveLength(300);
  const samples = (stopped.nowMs - startMs) * 48;
  expect((await recording.close(ending({ reason: 'user', samples }))).people).toHaveLength(300);
});
