import { test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

test('five seconds without a packet are a gap, half a second is loss', async ({ expect }) => {
  await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
  const { media } = call.demo;
  const good = media.quality;
  const bad = { ...good, lossRatio: 1 };
  const session = await call.record();
  const packets = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  const hole = async (seconds: number): Promise<void> => {
    media.quality = bad;
    await call.length(session, session.samples / 48_000 + seconds);
    media.quality = good;
    const before = packets();
    await call.until('packets', () => packets() > before + 30);
  };
  await call.until('both', () => call.all('speaker').length === 2);
  await hole(0.5);
  await hole(5);
  await call.stop(session);

  const manifest = await expectSound(session.folder);
  const { fromMs } = call.window;
  const [gap, ...others] = manifest.gaps;
  expect(others).toEqual([]);
  expect(gap?.reason).toBe('network');
  const sent = await readSent(call.demo);
  const dropped = sent.packets.filter(({ fate }) => fate === 'dropped');
  const at = ({ atMs }: { atMs: number }): number => (atMs - fromMs) * 48;
  const [from, to] = [gap?.fromSamples ?? NaN, gap?.toSamples ?? NaN];
  const inGap = dropped.filter((packet) => at(packet) > from && at(packet) < to);
  const outside = dropped.filter((packet) => !inGap.includes(packet));
  expect(inGap.length).toBeGreaterThan(100); // at least two seconds of one speaker
  const tracks = await checkTracks(session.folder, sent);
  for (const { track, strangers, concealed } of tracks) {
    expect(strangers).toEqual([]);
    const lost = outside.filter(({ userId }) => userId === track.userId).length;
    // A packet missing right before or behind the gap counts to the gap.
    expect(Math.abs(track.lost - lost)).toBeLessThanOrEqual(1);
    expect(concealed).toHaveLength(track.lost);
  }
});
