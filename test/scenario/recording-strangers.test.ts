import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportWith } from '../../main/export/export.ts';
import { wasInterrupted } from '../../main/recording/interrupted.ts';
import { listRecordings, openRecording, recoverLibrary } from '../../main/recording/library.ts';
import { readTalkMap } from '../../main/recording/talk-map.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { renderHere } from '../support/export-here.ts';
import { BEN, closedRecording, makeDead, ZOE } from '../support/received-recording.ts';
import { temporaryLibrary } from '../support/recording-files.ts';

/** Puts what systems, synchronisers and people leave beside tracks into the folder; gives each file's bytes by its name. */
async function addStrangers(folder: string): Promise<ReadonlyMap<string, string>> {
  const tracks = path.join(folder, 'tracks');
  const ben = await readFile(path.join(folder, BEN));
  const strangers: readonly (readonly [name: string, bytes: string | Buffer])[] = [
    ['._02-Ben.opus', Buffer.from('0005160700020000', 'hex')],
    ['.DS_Store', 'x'],
    ['Thumbs.db', 'x'],
    ['desktop.ini', 'x'],
    ['notes.new', 'x'],
    ['03-garbage.opus', 'no Ogg'],
    ['03-empty.opus', ''],
    ['02-Ben 2.opus', ben],
    ['02-Ben (conflicted copy 2026-11-24).opus', ben],
    ['02-Ben.sync-conflict-20261124-101530-ABCDEFG.opus', ben.subarray(0, ben.length - 9)],
    ['Copy of 02-Ben.opus', ben],
    ['04-older.opus', ben.subarray(0, 200)],
  ];
  for (const [name, bytes] of strangers) await writeFile(path.join(tracks, name), bytes);
  await writeFile(path.join(folder, '._recording.json'), 'x');
  await writeFile(path.join(folder, 'my notes.new'), 'x');
  await mkdir(path.join(tracks, '05-folder.opus'));
  await symlink(path.join(folder, BEN), path.join(tracks, '06-link.opus'));
  return contents(folder);
}

/** Every plain file in the folder and in `tracks`, as hexadecimal. */
async function contents(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const place of ['', 'tracks']) {
    for (const entry of await readdir(path.join(folder, place), { withFileTypes: true })) {
      const name = path.posix.join(place, entry.name);
      if (entry.isFile()) found.set(name, await readFile(path.join(folder, name), 'hex'));
    }
  }
  return found;
}

async function exportAll(folder: string, out: string): Promise<string[]> {
  const recording = await openRecording(folder);
  const files = await exportWith(renderHere, {
    recording,
    format: 'wav',
    bitDepth: '16',
    channels: 'stereo',
    tracks: null,
    mixdown: false,
    fromSamples: 0,
    toSamples: recording.manifest.samples,
    folder: out,
  });
  return files.map((file) => path.basename(file.path));
}

describe('what lies beside the tracks', () => {
  test('is no finding, is never exported, and is in no size', async () => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    const [alone] = await listRecordings(library.folder);
    const before = await addStrangers(folder);
    expect(await verifyRecording(folder)).toMatchObject({ ok: true, files: 5, findings: [] });
    const [listed] = await listRecordings(library.folder);
    expect(listed).toEqual(alone);
    const out = path.join(library.folder, 'out');
    expect(await exportAll(folder, out)).toEqual(['01-Zo\u00eb.wav', '02-Ben.wav']);
    expect(await contents(folder)).toEqual(before);
  });

  test.each([
    ['with manifest and events', []],
    ['without its manifest', ['recording.json']],
    ['without its events', ['events.jsonl']],
    ['with neither', ['recording.json', 'events.jsonl']],
  ])('is not touched when a recording is closed after a crash, %s', async (_, lost) => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await makeDead(folder);
    const before = await addStrangers(folder);
    for (const name of lost) await rm(path.join(folder, name));
    const { manifest } = await openRecording(folder);
    expect(manifest.tracks.map(({ file, userId }) => [file, userId])).toEqual([
      [ZOE, '1'],
      [BEN, '2'],
    ]);
    expect(await verifyRecording(folder)).toMatchObject({ ok: true });
    const after = await contents(folder);
    for (const [name, bytes] of before) {
      if (!['recording.json', 'events.jsonl', 'seal.jsonl'].includes(name))
        expect([name, after.get(name)]).toEqual([name, bytes]);
    }
  });

  test('is taken for a track only when nothing can be read, and it begins as our tracks do', async () => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    const other = await closedRecording(library.folder);
    await copyFile(path.join(other, BEN), path.join(folder, 'tracks/03-Eve.opus'));
    expect((await openRecording(folder)).manifest.tracks).toHaveLength(2);
    for (const name of ['recording.json', 'events.jsonl']) await rm(path.join(folder, name));
    expect((await openRecording(folder)).manifest.tracks).toMatchObject([
      { file: ZOE },
      { file: BEN },
      { file: 'tracks/03-Eve.opus', name: 'Ben' },
    ]);
  });
});

describe('a name in another Unicode form', () => {
  const decomposed = ZOE.normalize('NFD');

  /** Both forms of the name in manifest and events against both forms on the disk. */
  test.each([
    ['NFC', 'NFD'],
    ['NFD', 'NFC'],
    ['NFD', 'NFD'],
  ])('is the same file: told as %s, on the disk as %s', async (told, onDisk) => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await rm(path.join(folder, 'seal.jsonl')); // the test writes the log anew
    if (onDisk === 'NFD') await rename(path.join(folder, ZOE), path.join(folder, decomposed));
    for (const name of ['recording.json', 'events.jsonl']) {
      const file = path.join(folder, name);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replaceAll(ZOE, ZOE.normalize(told)));
    }
    expect(await verifyRecording(folder)).toMatchObject({ ok: true, files: 4, findings: [] });
    const recording = await openRecording(folder);
    expect(await exportAll(folder, path.join(library.folder, 'out'))).toHaveLength(2);
    const talk = await readTalkMap(recording);
    expect([...talk.keys()]).toEqual([ZOE, BEN]);

    const names = await readdir(path.join(folder, 'tracks'));
    await makeDead(folder);
    const { manifest } = await openRecording(folder);
    expect(manifest).toMatchObject({ state: 'recovered', samples: 96_000 });
    expect(manifest.tracks).toMatchObject([
      { file: ZOE, userId: '1', packets: 50 },
      { file: BEN, userId: '2', packets: 50 },
    ]);
    expect(await readdir(path.join(folder, 'tracks'))).toEqual(names);
    expect(await verifyRecording(folder)).toMatchObject({ ok: true });
  });

  test('is another file beside the one that is spelled as it is told', async () => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await writeFile(path.join(folder, decomposed), 'a stranger');
    expect(await verifyRecording(folder)).toMatchObject({ ok: true, files: 5, findings: [] });
  });
});

test('a folder of the library that cannot be read is no recording', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  await makeDead(folder);
  const loop = path.join(library.folder, '.Spotlight-V100'); // cannot be listed, for root either
  await symlink(loop, loop);
  await writeFile(path.join(library.folder, 'IndexerVolumeGuid'), 'x');
  const crashed = { guildId: '100', nowMs: Date.now() };
  expect(await wasInterrupted(library.folder, crashed)).toBe(true);
  expect(await wasInterrupted(library.folder, { ...crashed, guildId: '7' })).toBe(false);
  const failures: string[] = [];
  await recoverLibrary(library.folder, (where) => failures.push(where));
  expect(failures).toEqual([]);
  expect(await listRecordings(library.folder)).toMatchObject([
    { manifest: { state: 'recovered' } },
  ]);
  await expect(verifyRecording(loop)).rejects.toMatchObject({
    reason: 'disk-error',
    refused: { cannot: 'read', file: loop },
  });
});
