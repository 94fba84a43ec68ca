import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLog, silentLog } from '../../../main/base/log.ts';
import { LibraryIndex } from '../../../main/engine/library-index.ts';
import { writeManifest } from '../../../main/recording/manifest.ts';
import { makeRecording } from '../../support/recording-folder.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const TRACK = { file: 'tracks/01-maya.opus', userId: '1', packets: [] };

/** Two closed recordings, `one` and the newer `two`. */
async function libraryOfTwo(): Promise<{ folder: string; index: LibraryIndex }> {
  const folder = await scratchFolder();
  for (const [name, startedAt] of [
    ['one', '2026-11-23T10:00:00.000Z'],
    ['two', '2026-11-24T10:00:00.000Z'],
  ] as const) {
    const place = path.join(folder, name);
    const { manifest } = await makeRecording(place, {
      samples: 960,
      tracks: [TRACK],
      manifest: { startedAt },
    });
    await writeFile(path.join(place, 'recording.json'), writeManifest(manifest));
  }
  const index = new LibraryIndex(folder, silentLog);
  await index.refresh();
  return { folder, index };
}

async function rename(folder: string, guild: string): Promise<void> {
  const { manifest } = await makeRecording(folder, {
    samples: 960,
    tracks: [TRACK],
    manifest: { guild: { id: '1', name: guild } },
  });
  await writeFile(path.join(folder, 'recording.json'), writeManifest(manifest));
}

describe('library index', () => {
  test('has the recordings, newest first, each by the name of its folder', async () => {
    const { index } = await libraryOfTwo();
    expect(index.recordings.map(({ id }) => id)).toEqual(['two', 'one']);
    expect(index.byId('one')?.talk).toEqual(new Map([[TRACK.file, []]]));
    expect(index.byId('three')).toBeNull();
  });

  test('reads only what has changed, and tells of each reading', async () => {
    const { folder, index } = await libraryOfTwo();
    const [two, one] = index.recordings;
    let told = 0;
    const stop = index.onChange(() => (told += 1));
    await index.refresh();
    expect(index.recordings[0]).toBe(two);
    expect(index.recordings[1]).toBe(one);

    await rename(path.join(folder, 'one'), 'another name');
    await index.refresh();
    expect(index.byId('two')).toBe(two);
    expect(index.byId('one')?.info.manifest.guild.name).toBe('another name');
    expect(told).toBe(2);
    stop();
  });

  test('forgets what is gone, and takes it anew when it is there again', async () => {
    const { folder, index } = await libraryOfTwo();
    const one = index.byId('one');
    await rm(path.join(folder, 'one'), { recursive: true });
    await index.refresh();
    expect(index.recordings.map(({ id }) => id)).toEqual(['two']);
    await rename(path.join(folder, 'one'), 'back');
    await index.refresh();
    expect(index.byId('one')).not.toBe(one);
    expect(index.byId('one')?.info.manifest.guild.name).toBe('back');
  });

  test('keeps what it has when the disk refuses, and logs why', async () => {
    const { folder } = await libraryOfTwo();
    const lines: string[] = [];
    const log = createLog('error', (_level, line) => lines.push(line));
    const index = new LibraryIndex(path.join(folder, 'one', 'recording.json'), log);
    await index.refresh();
    expect(index.recordings).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('ENOTDIR');
  });
});
