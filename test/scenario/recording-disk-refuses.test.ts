import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toTimelinePosition } from '../../main/audio/timeline-position.ts';
import { openRecording } from '../../main/recording/library.ts';
import { Recording } from '../../main/recording/recording.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import {
  recordingOptions,
  speak,
  temporaryLibrary,
  tonePackets,
  trackPacket,
  ending,
} from '../support/recording-files.ts';

test('a file that cannot be written is told once, the other tracks go on, and recovery completes it later', async () => {
  await using library = await temporaryLibrary();
  const told: string[] = [];
  const recording = await Recording.create(
    recordingOptions(library.folder, { onDiskError: ({ reason }) => told.push(reason) }),
  );
  const tone = tonePackets(50);
  const ada = recording.addTrack({ userId: '1', name: 'Ada' });
  speak(ada, 48, tone);
  const obstacle = path.join(recording.folder, 'tracks/02-Ben.opus');
  await mkdir(obstacle);
  const ben = recording.addTrack({ userId: '2', name: 'Ben' });
  speak(ben, 48, tone);
  await Promise.all([ada.flush(), ben.flush()]);
  expect(told).toEqual(['disk-error']);
  expect(ada.append(toTimelinePosition(48_048), trackPacket(tone[0]))).toBe('written');

  const closed = recording.close(ending({ reason: 'disk-error', samples: 96_000 }));
  await expect(closed).rejects.toMatchObject({ reason: 'disk-error' });
  expect(told).toEqual(['disk-error']);
  await rmdir(obstacle);
  const { manifest } = await openRecording(recording.folder);
  expect(manifest).toMatchObject({ state: 'recovered', samples: 96_000 });
  expect(manifest.tracks).toMatchObject([{ file: 'tracks/01-Ada.opus', packets: 51 }]);
  expect(await verifyRecording(recording.folder)).toMatchObject({ ok: true, findings: [] });
});

test('a library in which no folder can be made is refused, and nothing is left', async () => {
  await using library = await temporaryLibrary();
  const file = path.join(library.folder, 'taken');
  const first = await Recording.create(recordingOptions(file));
  await first.close(ending({ reason: 'user', samples: 0 }));
  const inFile = path.join(first.folder, 'recording.json', 'library');
  await expect(Recording.create(recordingOptions(inFile))).rejects.toMatchObject({
    reason: 'disk-error',
  });
});
