import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { OggOpusMuxer } from '../../main/ogg/ogg-opus.ts';
import { writeOggPage } from '../../main/ogg/ogg-page.ts';
import { openRecording } from '../../main/recording/library.ts';
import { recover } from '../../main/recording/recover.ts';
import { foldEvents } from '../../main/recording/rebuild-manifest.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { makeRecording } from '../support/recording-folder.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const line = (event: object): string =>
  `${JSON.stringify({ at: '2026-11-23T10:15:30.123Z', samples: 0, ...event })}\n`;

test('a track whose granule position claims centuries is not filled up with silence', async () => {
  const folder = await scratchFolder();
  await makeRecording(folder, {
    samples: 0,
    tracks: [],
    manifest: { state: 'recording', startedAt: '0001-01-01T00:00:00.000Z' },
  });
  await writeFile(
    path.join(folder, 'events.jsonl'),
    line({ event: 'track', file: 'tracks/01-x.opus', userId: null, name: 'x' }),
  );
  const page = writeOggPage({
    continued: false,
    bos: false,
    eos: false,
    granulePosition: 1n << 52n,
    serial: 1,
    pageSequence: 7,
    lacing: Uint8Array.of(3),
    body: Uint8Array.of(0xf8, 0xff, 0xfe),
  });
  const file = path.join(folder, 'tracks/01-x.opus');
  await writeFile(file, Buffer.concat([new OggOpusMuxer({ serial: 1 }).headerPages(), page]));
  const { samples } = await recover(folder);
  expect(samples).toBeLessThan(48_000 * 60);
  expect((await stat(file)).size).toBeLessThan(10_000);
});

test('events of a hundred thousand people and markers are read in one pass', async () => {
  const folder = await scratchFolder();
  const lines = Array.from({ length: 100_000 }, (_, index) => {
    const userId = String(index);
    return [
      line({ event: 'present', userId, name: 'x' }),
      line({ event: 'marker', samples: index, note: 'x' }),
    ];
  });
  await writeFile(path.join(folder, 'events.jsonl'), lines.flat().join(''));
  const manifest = (await foldEvents(folder)).manifest();
  expect(manifest.people).toHaveLength(100_000);
  expect(manifest.markers.at(-1)).toEqual({ samples: 99_999, note: 'x' });
});

test('a file of events with nothing but empty lines has a hundred findings, not a million', async () => {
  const folder = await scratchFolder();
  await makeRecording(folder, { samples: 960, tracks: [] });
  await mkdir(path.join(folder, 'tracks'), { recursive: true });
  await writeFile(path.join(folder, 'events.jsonl'), '\n'.repeat(1_000_000));
  const { findings } = await verifyRecording(folder);
  expect(findings.filter(({ file }) => file === 'events.jsonl')).toHaveLength(100);
});

test('an unknown key that is nested deeper than can be written leaves no manifest', async () => {
  const folder = await scratchFolder();
  const { manifest } = await makeRecording(folder, { samples: 960, tracks: [] });
  const text = JSON.stringify({ ...manifest, state: 'recording', x: 1 });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  await writeFile(path.join(folder, 'recording.json'), text.replace('"x":1', `"x":${deep}`));
  expect(await recover(folder)).toMatchObject({ state: 'recovered', samples: 0 });
});

test('a manifest of more than 32 MiB is not read', async () => {
  const folder = await scratchFolder();
  const { manifest } = await makeRecording(folder, { samples: 960, tracks: [] });
  const file = path.join(folder, 'recording.json');
  await writeFile(file, JSON.stringify(manifest).padEnd(33 * 1024 * 1024));
  const { findings } = await verifyRecording(folder);
  expect(findings).toContainEqual({
    file: 'recording.json',
    offset: null,
    message: 'the manifest is missing or cannot be read',
  });
});

test('keys that are names of every object mean nothing', async () => {
  const folder = await scratchFolder();
  const { manifest } = await makeRecording(folder, { samples: 960, tracks: [] });
  const keys = '"__proto__":{"state":"recording","polluted":1},"constructor":1,"toString":1';
  const text = JSON.stringify(manifest).replace('{', `{${keys},`);
  await writeFile(path.join(folder, 'recording.json'), text);
  const opened = await openRecording(folder);
  expect(opened.manifest).toMatchObject({ state: 'complete', samples: 960 });
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  const person = { event: 'present', userId: '__proto__', name: 'x', bot: false, excluded: false };
  await writeFile(path.join(folder, 'events.jsonl'), line(person));
  expect((await foldEvents(folder)).manifest()).toMatchObject({ samples: 960 });
  expect(Reflect.get({}, 'name')).toBeUndefined();
});

test.each(['9999-12-31T23:59:59.999Z', '0000-01-01T00:00:00.000Z'])(
  'a recording of %s is read and closed',
  async (startedAt) => {
    const folder = await scratchFolder();
    const { manifest } = await makeRecording(folder, { samples: 960, tracks: [] });
    const file = path.join(folder, 'recording.json');
    await writeFile(file, JSON.stringify({ ...manifest, startedAt, state: 'recording' }));
    expect((await openRecording(folder)).manifest).toMatchObject({ state: 'recovered', startedAt });
  },
);

test('a line of the log that is longer than any of ours ends the reading', async () => {
  const folder = await scratchFolder();
  await makeRecording(folder, { samples: 960, tracks: [], manifest: { state: 'recording' } });
  const log = path.join(folder, 'events.jsonl');
  const first = line({ event: 'marker', note: 'x' });
  await writeFile(log, first);
  await truncate(log, 70 * 1024 * 1024);
  await recover(folder);
  expect(await readFile(log, 'utf8')).toMatch(/^\{"event":"marker"|^\{"at"/);
  expect((await stat(log)).size).toBeLessThan(10_000);
});

test('while a log of a hundred thousand lines is read, others in the thread have their turn', async () => {
  const folder = await scratchFolder();
  await writeFile(path.join(folder, 'events.jsonl'), '{\n'.repeat(100_000));
  let turns = 0;
  let isReading = true;
  const turn = (): void => {
    turns += 1;
    if (isReading) setImmediate(turn);
  };
  turn();
  await foldEvents(folder);
  isReading = false;
  expect(turns).toBeGreaterThanOrEqual(100);
});
