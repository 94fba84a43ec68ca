import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openRecording } from '../../main/recording/library.ts';
import { Recording } from '../../main/recording/recording.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import {
  readJson,
  recordingOptions,
  speak,
  temporaryLibrary,
  tonePackets,
  ending,
} from '../support/recording-files.ts';

async function closedRecording(library: string): Promise<string> {
  const recording = await Recording.create(recordingOptions(library));
  speak(recording.addTrack({ userId: '1', name: 'Ada' }), 4_848, tonePackets(20));
  await recording.close(ending({ reason: 'user', samples: 30_000 }));
  return recording.folder;
}

test('a changed byte of a closed track is found, with its file and offset', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  const file = path.join(folder, 'tracks/01-Ada.opus');
  const bytes = await readFile(file);
  const missed: number[] = [];
  for (let at = 0; at < bytes.length; at += 29) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(file, changed);
    const { ok, findings } = await verifyRecording(folder);
    const found = findings.find(({ offset }) => offset !== null);
    if (ok || found?.file !== 'tracks/01-Ada.opus') missed.push(at);
  }
  expect(missed).toEqual([]);
  await writeFile(file, bytes);
  expect(await verifyRecording(folder)).toMatchObject({ ok: true, files: 4, findings: [] });
});

test('a truncated, exchanged or missing track is found', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  const other = await closedRecording(library.folder);
  const file = path.join(folder, 'tracks/01-Ada.opus');
  const bytes = await readFile(file);
  const messages = async (): Promise<string[]> =>
    (await verifyRecording(folder)).findings.map(
      (finding) => `${finding.file} ${String(finding.offset)}: ${finding.message}`,
    );

  await writeFile(file, bytes.subarray(0, bytes.length - 1));
  expect((await messages()).join()).toContain('tracks/01-Ada.opus');
  await writeFile(file, await readFile(path.join(other, 'tracks/01-Ada.opus')));
  expect(await messages()).toEqual([
    'tracks/01-Ada.opus null: SHA-256 is not that of the manifest',
    'tracks/01-Ada.opus null: is not as sealed',
  ]);
  await rm(file);
  expect(await messages()).toEqual([
    'tracks/01-Ada.opus null: the track is missing',
    'tracks/01 null: is not as sealed',
  ]);
  await writeFile(file, bytes);
  expect(await messages()).toEqual([]);
});

test('a missing manifest is a finding, and opening the recording makes the same one again', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  const file = path.join(folder, 'recording.json');
  const manifest = await readJson(file);
  for (const text of [null, '', '{', '{"schema":1}', JSON.stringify({ schema: 2 })]) {
    await rm(file);
    if (text !== null) await writeFile(file, text);
    const { ok, findings } = await verifyRecording(folder);
    expect({ ok, file: findings[0]?.file }).toEqual({ ok: false, file: 'recording.json' });
    expect((await openRecording(folder)).manifest).toEqual(manifest);
    expect(await readJson(file)).toEqual(manifest);
  }
  expect(await verifyRecording(folder)).toMatchObject({ ok: true });
});

test('any value of the manifest that was changed after closing is found', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  const file = path.join(folder, 'recording.json');
  const manifest = await readJson(file);
  const text = await readFile(file, 'utf8');
  const changes: [string, string][] = [
    ['"packets": 0', '"packets": 7'],
    ['"lost": 0', '"lost": 1'],
    ['"name": "Ada"', '"name": "Eve"'],
    ['"userId": "1"', '"userId": null'],
    ['"transport-auth": 0', '"transport-auth": 3'],
    ['"reason": "user"', '"reason": "kicked"'],
    ['"id": "200"', '"id": "201"'],
    ['"none": true', '"none": false'],
    ['"schema": 1,', '"schema": 1, "more": true,'],
  ];
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
    const { ok, findings } = await verifyRecording(folder);
    expect({ change: to, ok, findings }).toMatchObject({
      ok: false,
      findings: [{ file: 'recording.json', offset: null }],
    });
  }
  await writeFile(file, JSON.stringify(Object.fromEntries(Object.entries(manifest).reverse())));
  expect(await verifyRecording(folder)).toMatchObject({ ok: true, files: 4, findings: [] });
});

test('a gap beyond the end, a wrong time and a line that is no event are findings', async () => {
  await using library = await temporaryLibrary();
  const folder = await closedRecording(library.folder);
  const manifest = await readJson(path.join(folder, 'recording.json'));
  await writeFile(
    path.join(folder, 'recording.json'),
    JSON.stringify({
      ...manifest,
      stoppedAt: '2030-01-01T00:00:00.000Z',
      gaps: [{ reason: 'network', fromSamples: 0, toSamples: 30_001 }],
    }),
  );
  const events = path.join(folder, 'events.jsonl');
  const text = await readFile(events, 'utf8');
  const second = text.indexOf('\n') + 1;
  await writeFile(events, `${text.slice(0, second)}?${text.slice(second + 1)}torn`);
  const { findings } = await verifyRecording(folder);
  expect(findings.map(({ file, offset }) => [file, offset])).toEqual([
    ['recording.json', null],
    ['recording.json', null],
    ['events.jsonl', second],
    ['events.jsonl', text.length],
    ['recording.json', null], // stoppedAt and gaps differ from the closing event
    ['recording.json', null],
    ['events.jsonl', null], // and the log from its seal
  ]);
});
