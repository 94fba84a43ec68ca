import { expect, test } from 'vitest';
import { Call } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

/** Offsets, in frames of 20 ms, from which each voice talks for more than four seconds without a pause. */
const LONG_SPURTS = [
  { voice: 'maya', offsetFrames: 542 },
  { voice: 'theo', offsetFrames: 3010 },
  { voice: 'priya', offsetFrames: 4107 },
  { voice: 'callum', offsetFrames: 5158 },
] as const;

test('twenty-five people talk at once and nothing of it is lost', async () => {
  const talkers = LONG_SPURTS.flatMap(({ voice, offsetFrames }, row) =>
    Array.from({ length: row === 0 ? 7 : 6 }, (_, index) => ({
      voice,
      offsetFrames: offsetFrames + 3 * index,
    })),
  );
  await using call = await Call.start({ talkers });
  const session = await call.record();
  await call.length(session, 3);
  await call.stop(session);

  await expectSound(session.folder);
  const tracks = await checkTracks(session.folder, await readSent(call.demo));
  expect(tracks).toHaveLength(25);
  for (const { track, stream, placed, missing, strangers, jumps } of tracks) {
    const expected = sentIn(stream, call.window);
    expect(expected.length).toBeGreaterThan(100);
    expect(missing.filter((packet) => expected.includes(packet))).toEqual([]);
    expect({ strangers, jumps }).toEqual({ strangers: [], jumps: [] });
    expect(track).toMatchObject({ packets: placed.length, lost: 0, late: 0 });
  }
  expect(new Set(tracks.map(({ track }) => track.file)).size).toBe(25);
  expect(call.faults).toEqual([]);
}, 60_000);
