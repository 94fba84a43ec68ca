// What an export puts into a folder, read back by other programs: ffprobe, ffmpeg, soxi and wavefile.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { exportWith } from '../../main/export/export.ts';
import type { ExportRequest } from '../../main/export/export-request.ts';
import { writeSilence } from '../../main/audio/opus-silence.ts';
import type { RecordingInfo } from '../../main/recording/library.ts';
import { renderHere } from '../support/export-here.ts';
import { makeRecording } from '../support/recording-folder.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { encodeVoice, voicePcm } from '../support/voice.ts';

const run = promisify(execFile);
const SAMPLES = 48_000 * 3 + 1234;

const maya = encodeVoice(voicePcm(48_000 * 2, 1));
const theo = [...writeSilence(48_000), ...encodeVoice(voicePcm(48_000 * 2, 2), 20_000)];

function request(recording: RecordingInfo, change: Partial<ExportRequest> = {}): ExportRequest {
  return {
    recording,
    format: 'wav',
    bitDepth: '16',
    channels: 'stereo',
    tracks: null,
    mixdown: false,
    fromSamples: 0,
    toSamples: recording.manifest.samples,
    folder: path.join(recording.folder, 'exports'),
    ...change,
  };
}

async function twoSpeakers(
  manifest: Partial<RecordingInfo['manifest']> = {},
): Promise<RecordingInfo> {
  return await makeRecording(await scratchFolder(), {
    samples: SAMPLES,
    tracks: [
      { file: 'tracks/01-maya.opus', userId: '11', packets: maya },
      { file: 'tracks/02-theo.opus', userId: '12', packets: theo },
    ],
    manifest,
  });
}

/** Samples in 16 bit, as ffmpeg reads them from any WAV. */
async function samplesOf(file: string): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 28 } as const;
  const ended: { stdout: Buffer } = await run(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-f', 's16le', '-'],
    options,
  );
  return ended.stdout;
}

async function probe(file: string): Promise<Record<string, string>> {
  const entries = 'stream=codec_name,sample_rate,channels,duration_ts:format_tags:stream_tags';
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'default=nw=1', file];
  const { stdout } = await run('ffprobe', args);
  const lines = stdout.trim().split('\n');
  const tags = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split('=');
    return [name, value.join('=')];
  });
  return Object.fromEntries(tags);
}

describe('export', () => {
  test('one file a person and a mixdown, all of the same length, with right hashes and sizes', async () => {
    const recording = await twoSpeakers();
    const files = await exportWith(renderHere, request(recording, { mixdown: true }));
    expect(files.map((file) => [path.basename(file.path), file.userId])).toEqual([
      ['01-maya.wav', '11'],
      ['02-theo.wav', '12'],
      ['mixdown.wav', null],
    ]);
    for (const file of files) {
      const bytes = await readFile(file.path);
      expect(file.bytes).toBe(bytes.byteLength);
      expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(file.samples).toBe(SAMPLES);
      const { stdout } = await run('soxi', ['-s', file.path]);
      expect(Number(stdout)).toBe(SAMPLES);
      expect(await probe(file.path)).toMatchObject({
        codec_name: 'pcm_s16le',
        sample_rate: '48000',
        channels: '2',
        duration_ts: String(SAMPLES),
      });
    }
    expect(await readdir(path.join(recording.folder, 'exports'))).toHaveLength(3);
  });

  test('the mixdown is the sum of the files where that fits, and one track alone is its own file', async () => {
    const recording = await twoSpeakers();
    const files = await exportWith(renderHere, request(recording, { mixdown: true }));
    const [a, b, mixed] = await Promise.all(files.map(({ path: file }) => samplesOf(file)));
    if (a === undefined || b === undefined || mixed === undefined) return expect.fail('no files');
    for (let at = 0; at < mixed.byteLength; at += 2) {
      const sum = a.readInt16LE(at) + b.readInt16LE(at);
      if (sum !== mixed.readInt16LE(at)) expect.fail(`byte ${String(at)} is not the sum`);
    }
    const alone = request(recording, { mixdown: true, tracks: ['tracks/02-theo.opus'] });
    const [track, mixdown] = await exportWith(renderHere, alone);
    const same = (await samplesOf(track?.path ?? '')).equals(await samplesOf(mixdown?.path ?? ''));
    expect(same).toBe(true);
  });

  test.each([
    ['24', 'stereo', 'pcm_s24le'],
    ['32f', 'stereo', 'pcm_f32le'],
    ['16', 'mono', 'pcm_s16le'],
    ['24', 'mono', 'pcm_s24le'],
    ['32f', 'mono', 'pcm_f32le'],
  ] as const)(
    '%s bit %s has the samples of 16 bit, mixdown included',
    async (bitDepth, channels, codec) => {
      const recording = await twoSpeakers();
      const mixdown = true;
      const plain = await exportWith(renderHere, request(recording, { channels, mixdown }));
      const files = await exportWith(
        renderHere,
        request(recording, { bitDepth, channels, mixdown }),
      );
      expect(files).toHaveLength(3);
      for (const [index, file] of files.entries()) {
        expect(await probe(file.path)).toMatchObject({
          codec_name: codec,
          channels: channels === 'stereo' ? '2' : '1',
          duration_ts: String(SAMPLES),
        });
        const same = (await samplesOf(file.path)).equals(await samplesOf(plain[index]?.path ?? ''));
        expect(same).toBe(true);
      }
    },
  );

  test('a range is exactly as long as asked for and equals that part of the whole', async () => {
    const recording = await twoSpeakers();
    const fromSamples = 48_001;
    const [whole] = await exportWith(renderHere, request(recording));
    const range = request(recording, { fromSamples, toSamples: fromSamples + 30_007 });
    const [part, other] = await exportWith(renderHere, range);
    const pcm = await samplesOf(part?.path ?? '');
    expect(pcm.byteLength).toBe(30_007 * 4);
    expect((await samplesOf(other?.path ?? '')).byteLength).toBe(30_007 * 4);
    const expected = (await samplesOf(whole?.path ?? '')).subarray(fromSamples * 4);
    for (let at = 0; at < pcm.byteLength; at += 2) {
      const distance = Math.abs(pcm.readInt16LE(at) - expected.readInt16LE(at));
      if (distance > 1) expect.fail(`byte ${String(at)} is ${String(distance)} off`);
    }
  });

  test('a second export overwrites nothing and gets its own names', async () => {
    const recording = await twoSpeakers();
    const first = await exportWith(renderHere, request(recording));
    const second = await exportWith(renderHere, request(recording));
    const third = await exportWith(renderHere, request(recording));
    const names = [...first, ...second, ...third].map((file) => path.basename(file.path));
    expect(names).toEqual([
      '01-maya.wav',
      '02-theo.wav',
      '01-maya (2).wav',
      '02-theo (2).wav',
      '01-maya (3).wav',
      '02-theo (3).wav',
    ]);
    expect(second[0]?.sha256).toBe(first[0]?.sha256);
  });

  test('two exports into one folder at once get different names', async () => {
    const recording = await twoSpeakers();
    const both = [request(recording, { mixdown: true }), request(recording, { mixdown: true })];
    const files = (await Promise.all(both.map((each) => exportWith(renderHere, each)))).flat();
    expect(new Set(files.map((file) => file.path)).size).toBe(6);
    for (const file of files) expect((await readFile(file.path)).byteLength).toBe(file.bytes);
  });

  test('two tracks of one person become one file with both at their positions', async () => {
    const tracks = [
      { file: 'tracks/01-unknown.opus', userId: '11', packets: maya },
      { file: 'tracks/02-maya.opus', userId: '11', packets: theo },
    ];
    const recording = await makeRecording(await scratchFolder(), { samples: SAMPLES, tracks });
    const apart = await exportWith(renderHere, request(await twoSpeakers()));
    const files = await exportWith(renderHere, request(recording));
    expect(files.map((file) => path.basename(file.path))).toEqual(['02-maya.wav']);
    const [merged, a, b] = await Promise.all(
      [...files, ...apart].map((file) => samplesOf(file.path)),
    );
    if (a === undefined || b === undefined || merged === undefined) return expect.fail('no files');
    for (let at = 0; at < merged.byteLength; at += 2) {
      const sum = Math.max(-32_768, Math.min(32_767, a.readInt16LE(at) + b.readInt16LE(at)));
      if (sum !== merged.readInt16LE(at)) expect.fail(`byte ${String(at)} is not the sum`);
    }
  });

  test('a live recording is exported up to its present length; a shorter track ends in silence', async () => {
    const recording = await twoSpeakers({ state: 'recording', samples: 0 });
    const toSamples = 48_000 * 4;
    const files = await exportWith(renderHere, request(recording, { toSamples, mixdown: true }));
    const lengths = await Promise.all(
      files.map(async (file) => (await samplesOf(file.path)).byteLength),
    );
    expect(lengths).toEqual([toSamples * 4, toSamples * 4, toSamples * 4]);
    const pcm = await samplesOf(files[0]?.path ?? '');
    expect(pcm.subarray(48_000 * 2 * 4).every((byte) => byte === 0)).toBe(true);
  });

  test('a file that is no track becomes silence, and the others are exported', async () => {
    const recording = await twoSpeakers();
    await writeFile(path.join(recording.folder, 'tracks/01-maya.opus'), 'not Ogg at all');
    const files = await exportWith(renderHere, request(recording));
    const [a, b] = await Promise.all(files.map((file) => samplesOf(file.path)));
    expect(a?.equals(Buffer.alloc(SAMPLES * 4))).toBe(true);
    expect(b?.some((byte) => byte !== 0)).toBe(true);
  });

  test('a damaged page is silence of its duration', async () => {
    const recording = await twoSpeakers();
    const [whole] = await exportWith(renderHere, request(recording));
    const file = path.join(recording.folder, 'tracks/01-maya.opus');
    const bytes = await readFile(file);
    bytes[6_000] = (bytes[6_000] ?? 0) ^ 0xff;
    await writeFile(file, bytes);
    const [damaged] = await exportWith(renderHere, request(recording));
    const [before, after] = await Promise.all(
      [whole, damaged].map((each) => samplesOf(each?.path ?? '')),
    );
    expect(after?.byteLength).toBe(before?.byteLength);
    // Pages last 500 ms at most; a second later the decoder has converged again.
    const tail = 48_000 * 1.9 * 4;
    let worst = 0;
    for (let at = tail; at < (before?.byteLength ?? 0); at += 2)
      worst = Math.max(
        worst,
        Math.abs((before?.readInt16LE(at) ?? 0) - (after?.readInt16LE(at) ?? 0)),
      );
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('a recording without samples gives valid, empty files', async () => {
    const recording = await twoSpeakers();
    const [file] = await exportWith(
      renderHere,
      request(recording, { toSamples: 0, mixdown: true }),
    );
    expect(file?.samples).toBe(0);
    const { stdout } = await run('soxi', ['-s', file?.path ?? '']);
    expect(Number(stdout)).toBe(0);
  });

  test('time of day, markers and gaps are in the file for other programs', async () => {
    const recording = await twoSpeakers({
      startedAt: new Date(2026, 10, 23, 10, 15, 30, 123).toISOString(),
      markers: [{ samples: 24_000, note: 'Prüfung' }],
      gaps: [{ reason: 'reconnect', fromSamples: 48_000, toSamples: 72_000 }],
    });
    const [file] = await exportWith(renderHere, request(recording));
    expect(await probe(file?.path ?? '')).toMatchObject({
      'TAG:date': '2026-11-23',
      'TAG:creation_time': '10:15:30',
      'TAG:time_reference': String(((10 * 60 + 15) * 60 + 30) * 48_000 + 123 * 48),
      'TAG:encoded_by': 'tapedeck 0.1.0',
      'TAG:comment': '01-maya, guild - channel',
    });
  });

  test('progress ends at 1 with all files done', async () => {
    const recording = await twoSpeakers();
    const told: number[] = [];
    const onProgress: ExportRequest['onProgress'] = ({ fraction }) => told.push(fraction);
    await exportWith(renderHere, request(recording, { mixdown: true, onProgress }));
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test('a target folder that is a file is a disk error, and nothing is left', async () => {
    const recording = await twoSpeakers();
    const folder = path.join(recording.folder, 'taken');
    await writeFile(folder, 'a file');
    const failed = exportWith(renderHere, request(recording, { folder }));
    await expect(failed).rejects.toMatchObject({ reason: 'disk-error' });
  });

  test.each(['there', 'nowhere'])('exports/ that is a link is refused: to %s', async (where) => {
    const recording = await twoSpeakers();
    const elsewhere = await scratchFolder();
    const folder = path.join(recording.folder, 'exports');
    const target = where === 'there' ? elsewhere : path.join(elsewhere, 'nowhere');
    await symlink(target, folder);
    await expect(exportWith(renderHere, request(recording))).rejects.toMatchObject({
      reason: 'disk-error',
      details: { cannot: 'follow', file: folder },
    });
    expect(await readdir(elsewhere)).toEqual([]);
    if (where === 'nowhere') return;
    const chosen = path.join(await scratchFolder(), 'chosen'); // a link of the user's own is followed
    await symlink(target, chosen);
    await exportWith(renderHere, request(recording, { folder: chosen }));
    expect((await readdir(elsewhere)).sort()).toEqual(['01-maya.wav', '02-theo.wav']);
  });

  test('a link to nowhere and a folder under the names of the files are passed by', async () => {
    const recording = await twoSpeakers();
    const folder = path.join(recording.folder, 'exports');
    await mkdir(path.join(folder, '02-theo.wav'), { recursive: true });
    const link = path.join(folder, '01-maya.wav');
    const nowhere = path.join(recording.folder, 'nowhere');
    await symlink(nowhere, link);
    await exportWith(renderHere, request(recording, { folder }));
    expect((await readdir(folder)).sort()).toEqual([
      '01-maya (2).wav',
      '01-maya.wav',
      '02-theo (2).wav',
      '02-theo.wav',
    ]);
    expect(await readlink(link)).toBe(nowhere);
    expect(await readdir(recording.folder)).not.toContain('nowhere');
  });

  test('a missing track is a disk error, and no file of the others stays', async () => {
    const recording = await twoSpeakers();
    const missing = { ...recording, folder: path.join(recording.folder, 'elsewhere') };
    const folder = path.join(recording.folder, 'exports');
    await mkdir(folder);
    const failed = exportWith(renderHere, request(missing, { folder }));
    await expect(failed).rejects.toMatchObject({ reason: 'disk-error' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('more than the disk can hold is refused before a byte is written', async () => {
    const recording = await twoSpeakers({ state: 'recording' });
    const toSamples = 2 ** 50;
    const failed = exportWith(renderHere, request(recording, { toSamples }));
    await expect(failed).rejects.toMatchObject({ reason: 'disk-full' });
    expect(await readdir(path.join(recording.folder, 'exports'))).toEqual([]);
  });

  test('cancelled half-way, no new file stays, and older ones do', async () => {
    const recording = await twoSpeakers({ state: 'recording' });
    const folder = path.join(recording.folder, 'exports');
    await mkdir(folder);
    await writeFile(path.join(folder, '01-maya.wav'), 'mine');
    const cancel = new AbortController();
    const onProgress = (): void => cancel.abort();
    const toSamples = 48_000 * 60;
    const failed = exportWith(
      renderHere,
      request(recording, { toSamples, onProgress }),
      cancel.signal,
    );
    await expect(failed).rejects.toMatchObject({ reason: 'cancelled' });
    expect(await readdir(folder)).toEqual(['01-maya.wav']);
    expect(await readFile(path.join(folder, '01-maya.wav'), 'utf8')).toBe('mine');
  });
});
