import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../main/base/log.ts';
import { ExportJobs } from '../../main/engine/export-jobs.ts';
import { LibraryIndex } from '../../main/engine/library-index.ts';
import { forgetInLibrary } from '../../main/ipc/forget-person.ts';
import {
  BEN_ID,
  forgettableRecording,
  tracesOfZoe,
  ZOE_ID,
} from '../support/forgettable-recording.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

/** A library with one recording of Zoë and Ben, as the window knows it. */
async function libraryOfOne() {
  const place = await scratchFolder();
  const folder = await forgettableRecording(place);
  const library = new LibraryIndex(place, silentLog);
  await library.refresh();
  return { library, folder, recordingId: path.basename(folder) };
}

test('the library shows a recording without the person who was taken out', async () => {
  const { library, folder, recordingId } = await libraryOfOne();
  await using exports = new ExportJobs();
  await writeFile(path.join(folder, 'exports/my cut.mp3'), 'x');
  const wish = { recordingId, userId: ZOE_ID };
  expect(await forgetInLibrary({ library, exports }, wish)).toEqual({
    ok: true,
    unsure: ['02-Ben (2).flac', '02-Ben.wav', 'my cut.mp3'],
  });
  expect(await tracesOfZoe(folder)).toEqual([]);
  const tracks = library.recordings.flatMap(({ info }) => info.manifest.tracks);
  expect(tracks.map(({ userId }) => userId)).toEqual([BEN_ID]);
  expect(await forgetInLibrary({ library, exports }, wish)).toEqual({
    ok: false,
    problem: { code: 'unknown-person', details: { userId: ZOE_ID } },
  });
});

test('nobody is taken out of a recording that is exported, or not there', async () => {
  const { library, folder, recordingId } = await libraryOfOne();
  const recording = library.byId(recordingId)?.info ?? expect.fail('not in the library');
  await using exports = new ExportJobs(
    (_, signal) =>
      new Promise((__, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('cancelled'));
        });
      }),
  );
  void exports.start({
    recording,
    format: 'wav',
    bitDepth: '16',
    channels: 'mono',
    tracks: null,
    mixdown: false,
    fromSamples: 0,
    toSamples: 960,
    folder,
  });
  const before = await readFile(path.join(folder, 'events.jsonl'));
  for (const [id, code] of [
    [recordingId, 'busy'],
    ['another', 'not-a-recording'],
  ] as const)
    expect(
      await forgetInLibrary({ library, exports }, { recordingId: id, userId: ZOE_ID }),
    ).toMatchObject({ ok: false, problem: { code } });
  expect(await readFile(path.join(folder, 'events.jsonl'))).toEqual(before);
});
