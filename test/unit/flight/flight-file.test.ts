import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FlightFile, newestRuns } from '../../../main/flight/flight-file.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const LIMITS = { headBytes: 100, ringBytes: 400, runsKept: 3 };

/** No process has a number so high. */
const DEAD = '4194305';

/** Renames files of this process, of runs that began at `hour` or any, as if their process had ended. */
async function endRun(folder: string, hour = ''): Promise<void> {
  const ours = `-${String(process.pid)}.`;
  for (const name of await readdir(folder)) {
    if (!name.includes(ours) || (hour !== '' && !name.includes(`T0${hour}-`))) continue;
    await rename(path.join(folder, name), path.join(folder, name.replace(ours, `-${DEAD}.`)));
  }
}

describe('flight file', () => {
  test('keeps the beginning of a run, and the newest lines within its bounds', async () => {
    const folder = await scratchFolder();
    const file = new FlightFile(folder, new Date(0), LIMITS);
    for (let line = 0; line < 100; line += 1) {
      file.push(`line ${String(line)}`);
      await file.flush();
    }
    const [run] = await newestRuns(folder, Infinity);
    const lines = run?.text.trimEnd().split('\n') ?? [];
    expect(lines.slice(0, 3)).toEqual(['line 0', 'line 1', 'line 2']);
    expect(lines.slice(-2)).toEqual(['line 98', 'line 99']);
    expect(run?.text.length).toBeLessThanOrEqual(500);
    const [newest = ''] = await readdir(folder);
    expect((await stat(path.join(folder, newest))).mode & 0o777).toBe(0o600);
  });

  test('keeps the newest runs, and leaves other files alone', async () => {
    const folder = await scratchFolder();
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    for (let hour = 0; hour < 5; hour += 1) {
      const file = new FlightFile(folder, new Date(hour * 3_600_000), LIMITS);
      file.push(`hour ${String(hour)}`);
      await file.close();
      await endRun(folder);
    }
    const runs = await newestRuns(folder, Infinity);
    expect(runs.map(({ text }) => text)).toEqual(['hour 4\n', 'hour 3\n', 'hour 2\n']);
    expect(await readdir(folder)).toContain('notes.txt');
  });

  test('keeps a run whose process is alive, however old', async () => {
    const folder = await scratchFolder();
    for (let hour = 0; hour < 5; hour += 1) {
      const file = new FlightFile(folder, new Date(hour * 3_600_000), LIMITS);
      file.push(`hour ${String(hour)}`);
      await file.close();
      if (hour > 0) await endRun(folder, String(hour));
    }
    const runs = await newestRuns(folder, Infinity);
    expect(runs.map(({ text }) => text)).toEqual(['hour 4\n', 'hour 3\n', 'hour 2\n', 'hour 0\n']);
  });

  test('gives as many runs as fit, and the newest always', async () => {
    const folder = await scratchFolder();
    for (let hour = 0; hour < 3; hour += 1) {
      await using file = new FlightFile(folder, new Date(hour * 3_600_000));
      file.push('x'.repeat(99));
    }
    expect(await newestRuns(folder, 250)).toHaveLength(2);
    expect(await newestRuns(folder, 1)).toHaveLength(1);
    expect(await newestRuns(path.join(folder, 'none'), 1)).toEqual([]);
  });

  test('a disk that refuses costs lines, which are counted', async () => {
    const folder = path.join(await scratchFolder(), 'flight');
    await writeFile(folder, 'no folder');
    const file = new FlightFile(folder, new Date(0));
    file.push('one');
    file.push('two');
    await file.close();
    expect(file.dropped).toBe(2);
  });

  test('a full disk costs lines, and the next ones are written when there is room', async () => {
    const folder = await scratchFolder();
    const file = new FlightFile(folder, new Date(0));
    const blocked = `1970-01-01T00-00-00-000Z-${String(process.pid)}.head.jsonl`;
    await mkdir(path.join(folder, blocked)); // appending fails, as on a full disk
    file.push('lost');
    await file.flush();
    expect(file.dropped).toBe(1);
  });

  test('more lines than the disk takes are dropped and counted', async () => {
    const file = new FlightFile(await scratchFolder(), new Date(0));
    for (let line = 0; line < 40; line += 1) file.push('x'.repeat(99_999));
    expect(file.dropped).toBe(30);
    const writing = file.flush();
    for (let line = 0; line < 5; line += 1) file.push('x'.repeat(99_999));
    expect(file.dropped).toBe(35); // what is being written still fills the memory
    await writing;
    file.push('room again');
    expect(file.dropped).toBe(35);
    await file.close();
  });
});
