import { execFileSync } from 'node:child_process';
import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { listRecordings, openRecording, type LibraryMemory } from '../../main/recording/library.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { BEN, closedRecording, makeDead, ZOE } from '../support/received-recording.ts';
import { temporaryLibrary } from '../support/recording-files.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const VICTIM = 'mine, and without an end of line';

/** A file outside the library that nothing may change. */
async function victimFile(): Promise<string> {
  const victim = path.join(await scratchFolder(), '.bashrc');
  await writeFile(victim, VICTIM);
  return victim;
}

/** Replaces a file of the recording by a link to the victim. */
async function linkInPlaceOf(file: string, victim: string): Promise<void> {
  await rm(file, { force: true });
  await symlink(victim, file);
}

const NEW = '0123456789abcdef.new';
const OLD = '0123456789abcdef.old';

describe('a received folder with links under the names that replacing a file needs', () => {
  const planted = [
    `recording.json.${String(process.pid)}.new`,
    'recording.json.new',
    'recording.json.old',
    `recording.json.${NEW}`,
    `recording.json.${OLD}`,
    `${BEN}.new`,
    `${BEN}.old`,
    `${BEN}.${NEW}`,
    '.reserve',
    'recording.lock',
    `recording.lock.${String(process.pid)}.dead`,
  ];

  test.each([
    ['dead, its manifest there', []],
    ['without its manifest', ['recording.json']],
    ['without manifest and events', ['recording.json', 'events.jsonl']],
  ])('overwrites nothing outside: %s', async (_, lost) => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await makeDead(folder);
    const torn = path.join(folder, BEN);
    await truncate(torn, (await lstat(torn)).size - 9); // the end of a page, so that it is made anew or written on
    await rm(path.join(folder, 'recording.lock'), { force: true });
    for (const name of lost) await rm(path.join(folder, name));
    const victim = await victimFile();
    for (const name of planted) await symlink(victim, path.join(folder, name));
    const [listed] = await listRecordings(library.folder);
    expect(listed?.manifest.tracks).toHaveLength(2);
    expect(await readFile(victim, 'utf8')).toBe(VICTIM);
    expect((await readdir(folder)).sort()).toEqual([
      'events.jsonl',
      'recording.json',
      'seal.jsonl',
      'tracks',
    ]);
    expect(await readdir(path.join(folder, 'tracks'))).toEqual(
      [ZOE, BEN].map((file) => path.basename(file)),
    );
    expect(await verifyRecording(folder)).toMatchObject({ ok: true });
  });
});

test('a folder whose manifest is a link is no recording, and the link stays', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  const manifest = path.join(folder, 'recording.json');
  const elsewhere = path.join(await scratchFolder(), 'recording.json');
  await rename(manifest, elsewhere);
  await symlink(elsewhere, manifest);
  expect(await listRecordings(library.folder)).toEqual([]);
  for (const open of [openRecording, verifyRecording])
    await expect(open(folder)).rejects.toMatchObject({ reason: 'not-a-recording' });
  expect((await lstat(manifest)).isSymbolicLink()).toBe(true);
});

test('events that are a link are neither cut nor written on', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  await makeDead(folder);
  const victim = await victimFile();
  await linkInPlaceOf(path.join(folder, 'events.jsonl'), victim);
  await expect(openRecording(folder)).rejects.toMatchObject({ reason: 'disk-error' });
  expect(await readFile(victim, 'utf8')).toBe(VICTIM);
});

test('what is refused is not read again until it changes', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  await makeDead(folder);
  const log = path.join(folder, 'events.jsonl');
  const aside = path.join(await scratchFolder(), 'events.jsonl');
  await rename(log, aside);
  await symlink(aside, log);
  const memory: LibraryMemory = new Map();
  expect(await listRecordings(library.folder, memory)).toEqual([]);
  const planted = path.join(folder, 'recording.json.new'); // whoever opens the folder removes it
  await writeFile(planted, 'x');
  expect(await listRecordings(library.folder, memory)).toEqual([]);
  expect(await readdir(folder)).toContain('recording.json.new');
  await rm(log);
  await rename(aside, log);
  expect(await listRecordings(library.folder, memory)).toHaveLength(1);
  expect(await readdir(folder)).not.toContain('recording.json.new');
});

test('a torn track that is a link is not repaired behind the link', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  await makeDead(folder);
  const victim = path.join(await scratchFolder(), 'torn.opus');
  await rename(path.join(folder, BEN), victim);
  await truncate(victim, (await lstat(victim)).size - 9);
  const before = await readFile(victim);
  await symlink(victim, path.join(folder, BEN));
  expect((await openRecording(folder)).manifest.tracks).toMatchObject([{ file: ZOE }]);
  expect(await readFile(victim)).toEqual(before);
});

test('a seal that is a link is neither cut nor written on, and is a finding', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  await makeDead(folder);
  const victim = await victimFile();
  await linkInPlaceOf(path.join(folder, 'seal.jsonl'), victim);
  expect((await openRecording(folder)).manifest).toMatchObject({ state: 'recovered' });
  expect(await readFile(victim, 'utf8')).toBe(VICTIM);
  const { findings, sealedUntil } = await verifyRecording(folder);
  expect(sealedUntil).toBe(0);
  expect(findings.map(({ file }) => file)).toEqual(['seal.jsonl']);
});

// An archive may hold a hard link to any file below the folder that it is unpacked in.
test('a log and a torn track that are another name of a file outside are copied before they are changed', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  await makeDead(folder);
  const outside = await scratchFolder();
  const log = path.join(folder, 'events.jsonl');
  await writeFile(log, `${await readFile(log, 'utf8')}cut off`);
  await truncate(path.join(folder, BEN), (await lstat(path.join(folder, BEN))).size - 9);
  const names = ['events.jsonl', BEN, 'seal.jsonl'];
  for (const [index, name] of names.entries())
    await link(path.join(folder, name), path.join(outside, String(index)));
  const before = await Promise.all(
    names.map((_, index) => readFile(path.join(outside, String(index)))),
  );
  expect((await openRecording(folder)).manifest).toMatchObject({
    state: 'recovered',
    samples: 96_000,
  });
  expect(await verifyRecording(folder)).toMatchObject({ ok: true });
  const after = await Promise.all(
    names.map((_, index) => readFile(path.join(outside, String(index)))),
  );
  expect(after).toEqual(before);
});

test
  .runIf(process.platform !== 'win32')
  .each(['recording.json', 'recording.lock', 'events.jsonl', 'seal.jsonl', BEN])(
  'a pipe in place of %s keeps nobody waiting (POSIX)',
  async (name) => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await makeDead(folder);
    await rm(path.join(folder, name), { force: true });
    execFileSync('mkfifo', [path.join(folder, name)]);
    const opened = await openRecording(folder).catch((error: unknown) => error);
    expect(opened).toBeDefined();
    await verifyRecording(folder).catch((error: unknown) => error);
    expect((await listRecordings(library.folder)).length).toBeLessThanOrEqual(1);
  },
);

test('a link in the library is not listed', async () => {
  await using library = await temporaryLibrary();
  await using elsewhere = await temporaryLibrary();
  const folder = await closedRecording(elsewhere.folder);
  await symlink(folder, path.join(library.folder, 'linked'));
  expect(await listRecordings(library.folder)).toEqual([]);
});

describe('a crash between the two renames by which a disk replaces a file', () => {
  test('costs neither the manifest nor a track', async () => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await makeDead(folder);
    await rm(path.join(folder, 'events.jsonl')); // only the manifest tells who spoke
    for (const name of ['recording.json', BEN]) {
      await rename(path.join(folder, name), path.join(folder, `${name}.${OLD}`));
      await writeFile(path.join(folder, `${name}.${NEW}`), 'half');
    }
    const { manifest } = await openRecording(folder);
    expect(manifest).toMatchObject({ state: 'recovered', guild: { name: 'Tape Lovers' } });
    expect(manifest.tracks).toMatchObject([
      { file: ZOE, userId: '1', packets: 50 },
      { file: BEN, userId: '2', packets: 50 },
    ]);
    expect((await readdir(folder)).sort()).toEqual([
      'events.jsonl',
      'recording.json',
      'seal.jsonl',
      'tracks',
    ]);
    expect(await readdir(path.join(folder, 'tracks'))).toHaveLength(2);
  });

  test('costs a closed recording nothing', async () => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    const file = path.join(folder, 'recording.json');
    const { manifest: before } = await openRecording(folder);
    await rename(file, `${file}.${OLD}`);
    await rm(path.join(folder, 'events.jsonl'));
    expect((await openRecording(folder)).manifest).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(['recording.json', 'seal.jsonl', 'tracks']);
  });

  test('puts nothing in the place of a file that is there', async () => {
    await using library = await temporaryLibrary();
    const folder = await closedRecording(library.folder);
    await makeDead(folder);
    await writeFile(path.join(folder, `${BEN}.${OLD}`), 'older');
    await mkdir(path.join(folder, `${BEN}.new`));
    expect((await openRecording(folder)).manifest.tracks[1]).toMatchObject({ packets: 50 });
    expect(await readdir(path.join(folder, 'tracks'))).toHaveLength(3);
  });
});
