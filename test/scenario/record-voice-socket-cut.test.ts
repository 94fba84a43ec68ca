import { expect, test } from 'vitest';
import { Call } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

test('a voice socket that breaks during speech loses no packet and makes no gap', async () => {
  await using call = await Call.start();
  const session = await call.record();
  await call.event('speaker');
  for (const seconds of [1, 2.5]) {
    await call.length(session, seconds);
    call.demo.control.cutVoice();
    await call.until('the loss', () => session.view().retrying !== null);
    await call.until('the resume', () => session.view().retrying === null);
  }
  await call.length(session, 4);
  await call.stop(session);

  expect(call.all('gap')).toEqual([]);
  const manifest = await expectSound(session.folder);
  expect(manifest.gaps).toEqual([]);
  const tracks = await checkTracks(session.folder, await readSent(call.demo));
  expect(tracks).toHaveLength(4);
  for (const { track, stream, missing, strangers, jumps } of tracks) {
    const expected = sentIn(stream, call.window);
    expect(expected.length).toBeGreaterThan(50);
    expect(missing.filter((packet) => expected.includes(packet))).toEqual([]);
    expect({ strangers, jumps }).toEqual({ strangers: [], jumps: [] });
    expect(track).toMatchObject({ lost: 0, late: 0, duplicate: 0 });
  }
  expect(call.faults).toEqual([]);
});
