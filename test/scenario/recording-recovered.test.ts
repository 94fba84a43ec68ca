import { spawnSync } from 'node:child_process';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { listRecordings, openRecording } from '../../main/recording/library.ts';
import { Recording } from '../../main/recording/recording.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import {
  decodedSamples,
  opusInfo,
  readJson,
  recordingOptions,
  speak,
  temporaryLibrary,
  tonePackets,
} from '../support/recording-files.ts';

const TONE = tonePackets(100);

/** The folder of a recording as a power cut leaves it: two open tracks, and the lock of a process that has ended. */
async function deadRecording(library: string, benPackets = 20): Promise<string> {
  const recording = await Recording.create(recordingOptions(library));
  const ada = recording.addTrack({ userId: '1', name: 'Ada' });
  const ben = recording.addTrack({ userId: '2', name: 'Ben' });
  for (let second = 0; second < 2; second += 1) {
    speak(ada, 48 + second * 48_000, TONE.slice(0, 50));
    if (second === 0) speak(ben, 24_048, TONE.slice(0, benPackets));
    recording.tell({ event: 'marker', samples: second * 48_000, number: second, note: '' });
    await Promise.all([ada.flush(), ben.flush()]);
  }
  const folder = path.join(library, 'dead');
  const filter = (source: string): boolean => !source.endsWith('.new'); // a manifest that is being written may be renamed meanwhile
  await cp(recording.folder, folder, { recursive: true, filter });
  await recording.discard();
  await changeLock(folder, { pid: gonePid() });
  return folder;
}

/** The id of a process that has ended. */
function gonePid(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

async function changeLock(folder: string, change: object): Promise<void> {
  const file = path.join(folder, 'recording.lock');
  const lock = await readJson(file);
  await writeFile(file, JSON.stringify({ ...lock, ...change }));
}

/** Recovers the folder: its manifest, verify's findings and opusdec's lengths. */
async function recover(folder: string): Promise<object> {
  const { manifest, live } = await openRecording(folder);
  const { state, reason, samples, startedAt, stoppedAt } = manifest;
  const { findings } = await verifyRecording(folder);
  const decoded = manifest.tracks.map(({ file }) => decodedSamples(path.join(folder, file)));
  const lengthMs = Date.parse(stoppedAt ?? '') - Date.parse(startedAt);
  return { live, state, reason, samples, lengthMs, findings, decoded };
}

/** The answer of `recover` for two tracks of that length. */
const recovered = (samples: number): object => ({
  live: false,
  state: 'recovered',
  reason: 'interrupted',
  samples,
  lengthMs: Math.trunc(samples / 48),
  findings: [],
  decoded: [samples, samples],
});

describe('a recording whose process was killed', () => {
  test('is closed at the end of its longest track, once', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    expect(await recover(folder)).toEqual(recovered(96_048));
    const { manifest } = await openRecording(folder);
    expect(manifest).toMatchObject({ guild: { name: 'Tape Lovers' }, channel: { kind: 'voice' } });
    expect(manifest.tracks).toMatchObject([
      { userId: '1', name: 'Ada', packets: 100, lost: 0, silenceAdded: 48 },
      { userId: '2', name: 'Ben', packets: 20, silenceAdded: 96_048 - 20 * 960 },
    ]);
    expect(opusInfo(path.join(folder, 'tracks/02-Ben.opus'))).not.toMatch(/warning|error/i);
    expect(await readdir(folder)).toEqual([
      'events.jsonl',
      'recording.json',
      'seal.jsonl',
      'tracks',
    ]);

    const before = await Promise.all(
      ['recording.json', 'tracks/01-Ada.opus'].map((file) => readFile(path.join(folder, file))),
    );
    await changeManifest(folder, { state: 'recording' });
    expect(await recover(folder)).toEqual(recovered(96_048));
    expect(await readFile(path.join(folder, 'tracks/01-Ada.opus'))).toEqual(before[1]);
  });

  test('is closed wherever its files are truncated', async () => {
    await using library = await temporaryLibrary();
    const template = await deadRecording(library.folder);
    const track = path.join('tracks', '01-Ada.opus');
    const { size } = await stat(path.join(template, track));
    let cuts = 0;
    for (let bytes = size - 1; bytes >= 0; bytes -= Math.max(1, Math.ceil(size / 30))) {
      const folder = path.join(library.folder, `cut ${String(bytes)}`);
      await cp(template, folder, { recursive: true });
      await truncate(path.join(folder, track), bytes);
      const { manifest } = await openRecording(folder);
      expect(manifest.samples).toBeGreaterThanOrEqual(43_248); // Ben's length
      expect(await verifyRecording(folder)).toMatchObject({ findings: [] });
      await rm(folder, { recursive: true });
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(25);
  });

  test('loses nothing when its recovery is cut short as well, wherever that is', async () => {
    await using library = await temporaryLibrary();
    const template = await deadRecording(library.folder, 10);
    const done = path.join(library.folder, 'done');
    await cp(template, done, { recursive: true });
    await openRecording(done);
    const track = path.join('tracks', '02-Ben.opus');
    const bytes = await readFile(path.join(done, track));
    const { size } = await stat(path.join(template, track));
    for (let cut = size; cut < bytes.length; cut += 37) {
      const folder = path.join(library.folder, `cut ${String(cut)}`);
      await cp(template, folder, { recursive: true });
      await writeFile(path.join(folder, track), bytes.subarray(0, cut));
      expect(await recover(folder)).toEqual(recovered(96_048));
      const { manifest } = await openRecording(folder);
      expect(manifest.tracks).toMatchObject([
        { packets: 100 },
        { packets: 10, silenceAdded: 96_048 - 10 * 960 },
      ]);
      await rm(folder, { recursive: true });
    }
    expect(bytes.length).toBeGreaterThan(size);
  });

  test('is closed without its manifest, with truncated events, and without both', async () => {
    await using library = await temporaryLibrary();
    const template = await deadRecording(library.folder);
    const copy = async (name: string): Promise<string> => {
      const folder = path.join(library.folder, name);
      await cp(template, folder, { recursive: true });
      return folder;
    };
    const lost = await copy('without manifest');
    await rm(path.join(lost, 'recording.json'));
    expect(await recover(lost)).toEqual(recovered(96_048));
    expect((await openRecording(lost)).manifest).toMatchObject({
      startedAt: '2026-11-24T03:20:57.000Z',
      guild: { name: 'Tape Lovers' },
      tracks: [{ name: 'Ada', userId: '1' }, { name: 'Ben' }],
    });

    const torn = await copy('torn events');
    const events = path.join(torn, 'events.jsonl');
    await truncate(events, (await stat(events)).size - 5);
    expect(await recover(torn)).toEqual(recovered(96_048));

    const bare = await copy('2026-11-24 04-20-57 nothing but tracks');
    for (const file of ['recording.json', 'events.jsonl', 'recording.lock'])
      await rm(path.join(bare, file));
    const { manifest } = await openRecording(bare);
    expect(manifest).toMatchObject({
      state: 'recovered',
      samples: 96_048,
      startedAt: new Date(2026, 10, 24, 4, 20, 57).toISOString(),
      tracks: [{ name: 'Ada', userId: '1' }, { name: 'Ben' }],
    });
  });

  test('has the pause in which it was killed, up to its end, with and without a manifest', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    const at = '2026-11-24T03:20:59.000Z';
    const ended = { reason: 'pause', fromSamples: 40_000, toSamples: 60_000 };
    const events = [
      { event: 'pause', samples: 40_000 },
      { event: 'resume', samples: 60_000 },
      { event: 'gap', samples: 40_000, ...ended },
      { event: 'pause', samples: 80_000 },
    ].map((event) => JSON.stringify({ at, ...event }));
    await appendFile(path.join(folder, 'events.jsonl'), `${events.join('\n')}\n`);
    await changeManifest(folder, { pauses: [[40_000, 60_000]], gaps: [ended] });
    const pauses = [
      [40_000, 60_000],
      [80_000, 96_048],
    ];
    const open = { reason: 'pause', fromSamples: 80_000, toSamples: 96_048 };
    expect(await recover(folder)).toEqual(recovered(96_048));
    expect((await openRecording(folder)).manifest).toMatchObject({ pauses, gaps: [ended, open] });
    await changeManifest(folder, { state: 'recording' });
    expect(await recover(folder)).toEqual(recovered(96_048));
    expect((await openRecording(folder)).manifest).toMatchObject({ pauses, gaps: [ended, open] });
    await rm(path.join(folder, 'recording.json'));
    expect(await recover(folder)).toEqual(recovered(96_048));
    expect((await openRecording(folder)).manifest).toMatchObject({ pauses, gaps: [ended, open] });
  });

  test('keeps packets behind damage in the middle, at their positions', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    const file = path.join(folder, 'tracks/01-Ada.opus');
    const bytes = await readFile(file);
    bytes.fill(0, Math.floor(bytes.length * 0.3), Math.floor(bytes.length * 0.4));
    await writeFile(file, bytes);
    expect(await recover(folder)).toEqual(recovered(96_048));
  });

  test('is closed when it was killed before its first page', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    for (const name of ['01-Ada.opus', '02-Ben.opus'])
      await truncate(path.join(folder, 'tracks', name), 0);
    expect(await recover(folder)).toEqual(recovered(0));
  });
});

describe('the lock', () => {
  test.each([
    ['a process that lives', {}, 'recording'],
    ['a process number that another process has', { processStartedAt: '1' }, 'recovered'],
    ['an earlier start of this computer', { bootId: 'another' }, 'recovered'],
    ['another computer, just refreshed', { host: 'elsewhere' }, 'recording'],
  ])('of %s', async (_, change, state) => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    await changeLock(folder, { pid: process.pid, ...change });
    const { manifest, live } = await openRecording(folder);
    expect({ state: manifest.state, live }).toEqual({ state, live: state === 'recording' });
  });

  test('of another computer is stale after a minute without a refresh', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    await changeLock(folder, { host: 'elsewhere' });
    const longAgo = new Date(Date.now() - 61_000);
    await utimes(path.join(folder, 'recording.lock'), longAgo, longAgo);
    expect(await recover(folder)).toEqual(recovered(96_048));
  });

  test('that is torn is stale, and two openers recover once', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    await truncate(path.join(folder, 'recording.lock'), 7);
    const [[listed], opened] = await Promise.all([
      listRecordings(library.folder),
      openRecording(folder),
    ]);
    expect(listed?.manifest).toEqual(opened.manifest);
    expect(opened.manifest.state).toBe('recovered');
  });
});

describe('a folder made to do harm', () => {
  test('reads no file outside it', async () => {
    await using library = await temporaryLibrary();
    const outside = path.join(library.folder, 'outside');
    await mkdir(outside);
    const victim = path.join(outside, '03-victim.opus');
    await writeFile(victim, 'not yours');
    await writeFile(path.join(outside, 'x.new'), 'not yours');

    const linked = await deadRecording(library.folder);
    await symlink(victim, path.join(linked, 'tracks/03-victim.opus'));
    expect((await openRecording(linked)).manifest.tracks).toHaveLength(2);

    const folder = path.join(library.folder, 'linked tracks');
    await cp(linked, folder, { recursive: true });
    await changeManifest(folder, { state: 'recording' });
    await rm(path.join(folder, 'tracks'), { recursive: true });
    await symlink(outside, path.join(folder, 'tracks'));
    expect((await openRecording(folder)).manifest.tracks).toEqual([]);
    expect(await readdir(outside)).toEqual(['03-victim.opus', 'x.new']);
    expect(await readFile(victim, 'utf8')).toBe('not yours');
  });

  test('is no recording when its manifest names a file elsewhere, or when it has none', async () => {
    await using library = await temporaryLibrary();
    const folder = await deadRecording(library.folder);
    const { manifest } = await openRecording(folder);
    const [track] = manifest.tracks;
    await changeManifest(folder, { tracks: [{ ...track, file: 'tracks/../../outside.opus' }] });
    const { findings } = await verifyRecording(folder);
    expect(findings).toMatchObject([{ file: 'recording.json' }]);

    const stranger = path.join(library.folder, 'holiday pictures');
    await mkdir(stranger);
    await expect(openRecording(stranger)).rejects.toMatchObject({ reason: 'not-a-recording' });
    await expect(verifyRecording(`${stranger} 2`)).rejects.toMatchObject({
      reason: 'not-a-recording',
    });
  });
});

async function changeManifest(folder: string, change: object): Promise<void> {
  const file = path.join(folder, 'recording.json');
  const manifest = await readJson(file);
  await writeFile(`${file}.test`, JSON.stringify({ ...manifest, ...change }));
  await rename(`${file}.test`, file);
}
