import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toTimelinePosition } from '../../main/audio/timeline-position.ts';
import { listRecordings, openRecording } from '../../main/recording/library.ts';
import { Recording } from '../../main/recording/recording.ts';
import { readTalkMap } from '../../main/recording/talk-map.ts';
import { readTrack } from '../../main/recording/track/track-reader.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import {
  decodedSamples,
  ffmpegSamples,
  opusInfo,
  recordingOptions,
  speak,
  temporaryLibrary,
  tonePackets,
  trackPacket,
  ending,
} from '../support/recording-files.ts';

test('two speakers, one late and with a loss, become two equally long tracks that other programs read', async () => {
  await using library = await temporaryLibrary();
  const recording = await Recording.create(recordingOptions(library.folder));
  expect(path.basename(recording.folder)).toMatch(
    /^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d Tape Lovers - Studio$/,
  );
  expect((await openRecording(recording.folder)).live).toBe(true);

  const tone = tonePackets(100);
  const ada = recording.addTrack({ userId: '1', name: 'Ada' });
  speak(ada, 48, tone.slice(0, 50));
  const ben = recording.addTrack({ userId: null, name: 'whoever' });
  speak(ben, 96_048, tone.slice(0, 10));
  // Three packets of 20 ms are lost, and 2.5 ms more pass, which become silence.
  const behindLoss = toTimelinePosition(96_048 + 13 * 960 + 120);
  expect(ben.append(behindLoss, trackPacket(tone[13], 3))).toBe('written');
  expect(ben.append(behindLoss, trackPacket(tone[14]))).toBe('late');
  recording.nameTrack(ben, { userId: '2', name: 'Ben' });
  const gap = { reason: 'reconnect', fromSamples: 60_000, toSamples: 999_999 };
  recording.tell({ event: 'gap', samples: 60_000, ...gap });
  const someone = { userId: '1', name: 'Ada', bot: false, excluded: false };
  recording.tell({ event: 'present', samples: 0, ...someone });

  const counts = { packets: 50, lost: 0, late: 0, undecryptable: 0, padding: 0, duplicate: 0 };
  const manifest = await recording.close(
    ending({
      reason: 'user',
      samples: 144_001,
      counts: new Map([[ada, { ...counts, silenceAdded: 0 }]]),
    }),
  );
  expect(manifest).toMatchObject({
    state: 'complete',
    samples: 144_001,
    gaps: [{ toSamples: 144_001 }],
    people: [{ present: [[0, 144_001]] }],
    tracks: [
      { userId: '1', file: 'tracks/01-Ada.opus', packets: 50, silenceAdded: 144_001 - 48_000 },
      { userId: '2', name: 'Ben', file: 'tracks/02-unknown.opus' },
    ],
  });
  for (const { file } of manifest.tracks) {
    const absolute = path.join(recording.folder, file);
    expect(decodedSamples(absolute)).toBe(144_001);
    expect(ffmpegSamples(absolute)).toBe(144_001);
    expect(opusInfo(absolute)).not.toMatch(/warning|error/i);
  }

  const packets: { position: number; bytes: string }[] = [];
  for await (const { position, packet } of readTrack(path.join(recording.folder, ben.file))) {
    packets.push({ position, bytes: Buffer.from(packet).toString('hex') });
  }
  const toc = ((tone[9]?.[0] ?? 0) & 0xfc).toString(16).padStart(2, '0');
  const at = packets.findIndex(({ position }) => position === 96_048 + 10 * 960);
  expect(packets.slice(at, at + 4).map(({ bytes }) => bytes)).toEqual([toc, toc, toc, 'e0fffe']);
  expect(packets[at + 4]).toEqual({
    position: behindLoss,
    bytes: Buffer.from(tone[13] ?? []).toString('hex'),
  });
  expect(packets[0]).toEqual({ position: -312, bytes: `fb06${'fffe'.repeat(6)}` });

  expect(await readdir(recording.folder)).toEqual([
    'events.jsonl',
    'recording.json',
    'seal.jsonl',
    'tracks',
  ]);
  expect(await verifyRecording(recording.folder)).toMatchObject({
    ok: true,
    files: 5,
    findings: [],
  });
  const [listed] = await listRecordings(library.folder);
  expect(listed).toMatchObject({
    folder: recording.folder,
    live: false,
    manifest: { samples: 144_001 },
  });
  expect(listed && [...(await readTalkMap(listed))]).toEqual([
    ['tracks/01-Ada.opus', [[48, 48_048]]],
    ['tracks/02-unknown.opus', [[96_048, behindLoss + 960]]],
  ]);
  const events = (await readFile(path.join(recording.folder, 'events.jsonl'), 'utf8')).trim();
  expect(events.split('\n').map((line) => /"event":"(\w+)"/.exec(line)?.[1])).toEqual([
    'recording',
    'started',
    'track',
    'track',
    'track',
    'gap',
    'present',
    'stopped',
  ]);
});

test('a recording in which nobody spoke is closed too, and two begun in one second have two folders', async () => {
  await using library = await temporaryLibrary();
  const first = await Recording.create(recordingOptions(library.folder));
  const second = await Recording.create(recordingOptions(library.folder));
  expect(second.folder).toBe(`${first.folder} (2)`);
  const manifest = await first.close(ending({ reason: 'duration', samples: 4_800 }));
  expect(manifest).toMatchObject({ state: 'complete', samples: 4_800, tracks: [] });
  expect(await verifyRecording(first.folder)).toMatchObject({ ok: true });
  await second.discard();
  expect(await readdir(library.folder)).toEqual([path.basename(first.folder)]);
});

test('a packet that lasts beyond the end is trimmed, one that begins behind it makes the recording longer', async () => {
  await using library = await temporaryLibrary();
  const recording = await Recording.create(recordingOptions(library.folder));
  const [packet = new Uint8Array(1)] = tonePackets(1);
  const trimmed = recording.addTrack({ userId: '1', name: 'a' });
  trimmed.append(toTimelinePosition(48), trackPacket(packet));
  const silent = recording.addTrack({ userId: '2', name: 'b' });
  silent.append(toTimelinePosition(-312), trackPacket(packet));
  await Promise.all([trimmed.flush(), silent.flush()]); // both pages are on disk: close writes them again as the last ones
  const manifest = await recording.close(ending({ reason: 'user', samples: 500 }));
  expect(manifest.samples).toBe(500);
  for (const { file } of manifest.tracks)
    expect(decodedSamples(path.join(recording.folder, file))).toBe(500);
  expect((await verifyRecording(recording.folder)).findings).toEqual([]);

  const other = await Recording.create(recordingOptions(library.folder));
  other
    .addTrack({ userId: '1', name: 'a' })
    .append(toTimelinePosition(48_048), trackPacket(packet));
  const longer = await other.close(ending({ reason: 'user', samples: 100 }));
  expect(longer.samples).toBe(48_049);
  expect(await verifyRecording(other.folder)).toMatchObject({ ok: true });
});
