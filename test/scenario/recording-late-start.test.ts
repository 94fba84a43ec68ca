import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Recording } from '../../main/recording/recording.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import {
  manualClock,
  opusInfo,
  recordingOptions,
  speak,
  temporaryLibrary,
  tonePackets,
  ending,
} from '../support/recording-files.ts';

const TWELVE_HOURS = 12 * 3600 * 48_000;

test('a track that starts twelve hours late does not hold up the process', async () => {
  await using library = await temporaryLibrary();
  const clock = manualClock();
  const recording = await Recording.create(recordingOptions(library.folder, { clock }));
  const tone = tonePackets(50);
  clock.pass(TWELVE_HOURS / 48);
  const late = recording.addTrack({ userId: '1', name: 'late' });
  const position = TWELVE_HOURS + 48; // on the grid: 12 h is a multiple of 2.5 ms
  speak(late, position, tone);
  expect(late.endPosition).toBe(position + 48_000);
  expect(late.silenceAdded).toBe(position);

  // The silence is written in slices: other work runs hundreds of times meanwhile.
  const prompt = recording.addTrack({ userId: '2', name: 'prompt' });
  speak(prompt, 48, tone);
  await prompt.flush();
  expect(prompt.bytesWritten).toBeGreaterThan(5_000);
  const closing = recording.close(
    ending({
      reason: 'user',
      samples: TWELVE_HOURS + 48_048,
    }),
  );
  const under: { state: 'closing' | 'closed'; turns: number } = { state: 'closing', turns: 0 };
  const ended = closing.finally(() => (under.state = 'closed'));
  for (; under.state === 'closing'; under.turns += 1) await setImmediate();
  await ended;
  expect(under.turns).toBeGreaterThan(500);

  const manifest = await closing;
  expect(manifest.samples).toBe(TWELVE_HOURS + 48_048);
  expect(await verifyRecording(recording.folder)).toMatchObject({ ok: true, findings: [] });
  const file = path.join(recording.folder, late.file);
  expect(opusInfo(file)).toContain('Playback length: 720m:01.00');
  expect((await stat(file)).size).toBeLessThan(9_000_000);
});
