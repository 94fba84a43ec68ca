// The built worker: out/main/export-worker.js, which set-up makes before any test runs.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportRecording, exportWith } from '../../main/export/export.ts';
import type { ExportRequest } from '../../main/export/export-request.ts';
import type { RecordingInfo } from '../../main/recording/library.ts';
import { renderHere } from '../support/export-here.ts';
import { makeRecording } from '../support/recording-folder.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { encodeVoice, voicePcm } from '../support/voice.ts';

const SAMPLES = 48_000 * 2;

async function threeSpeakers(): Promise<RecordingInfo> {
  const tracks = [1, 2, 3].map((seed) => ({
    file: `tracks/0${String(seed)}-voice.opus`,
    userId: String(seed),
    packets: encodeVoice(voicePcm(SAMPLES, seed, 0.6)),
  }));
  return await makeRecording(await scratchFolder(), { samples: SAMPLES, tracks });
}

function request(recording: RecordingInfo, folder: string): ExportRequest {
  return {
    recording,
    format: 'wav',
    bitDepth: '16',
    channels: 'stereo',
    tracks: null,
    mixdown: true,
    fromSamples: 0,
    toSamples: SAMPLES,
    folder: path.join(recording.folder, folder),
  };
}

test('worker threads write the files that this thread writes, in the order of the recording', async () => {
  const recording = await threeSpeakers();
  const inWorkers = await exportRecording(request(recording, 'workers'));
  const here = await exportWith(renderHere, request(recording, 'here'));
  expect(inWorkers.map(({ path: file, sha256 }) => [path.basename(file), sha256])).toEqual(
    here.map(({ path: file, sha256 }) => [path.basename(file), sha256]),
  );
});

test('cancelled while workers write, the call ends after they have, and nothing stays', async () => {
  const recording = await threeSpeakers();
  const live = { ...recording, manifest: { ...recording.manifest, state: 'recording' as const } };
  const cancel = new AbortController();
  const long = {
    ...request(live, 'cancelled'),
    toSamples: 48_000 * 600,
    onProgress: (): void => cancel.abort(),
  };
  await expect(exportRecording(long, cancel.signal)).rejects.toMatchObject({ reason: 'cancelled' });
  expect(await readdir(long.folder)).toEqual([]);
});

test('a failure in a worker fails the export with its reason, and nothing stays', async () => {
  const recording = await threeSpeakers();
  const [first, ...others] = recording.manifest.tracks;
  if (first === undefined) return expect.fail('no tracks');
  const tracks = [...others, { ...first, file: 'tracks' }]; // a folder in place of the track
  const broken = { ...recording, manifest: { ...recording.manifest, tracks } };
  const failing = request(broken, 'failed');
  await expect(exportRecording(failing)).rejects.toMatchObject({ reason: 'disk-error' });
  expect(await readdir(failing.folder)).toEqual([]);
});

test('an export that is cancelled before it begins makes no folder', async () => {
  const recording = await threeSpeakers();
  const before = await readdir(recording.folder);
  const cancelled = exportRecording(request(recording, 'never'), AbortSignal.abort());
  await expect(cancelled).rejects.toMatchObject({ reason: 'cancelled' });
  expect(await readdir(recording.folder)).toEqual(before);
});
