import { describe, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { Call, TALKERS } from '../support/call.ts';
import { probePackets } from '../support/ffprobe.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';
import { matchTrack } from '../support/track-match.ts';
import path from 'node:path';

describe.concurrent('speakers whose names come late', () => {
  test('lose nothing of the four seconds before', async ({ expect }) => {
    await using call = await Call.start({ scenario: 'late-names' });
    const session = await call.record();
    await call.until('four names', () => call.all('speaker').length === 4);
    expect(session.samples).toBeGreaterThan(3 * 48_000);
    await call.length(session, 5);
    await call.stop(session);

    await expectSound(session.folder);
    const sent = await readSent(call.demo);
    const tracks = await checkTracks(session.folder, sent);
    expect(tracks).toHaveLength(4);
    for (const { track, stream, missing, strangers, jumps } of tracks) {
      const expected = sentIn(stream, call.window);
      expect(expected.length).toBeGreaterThan(50);
      expect(missing.filter((packet) => expected.includes(packet))).toEqual([]);
      expect({ strangers, jumps }).toEqual({ strangers: [], jumps: [] });
      expect(track.file).not.toContain('unknown');
      expect(track).toMatchObject({ lost: 0, late: 0 });
    }
  });

  test('go to an unknown track when the recording ends before', async ({ expect }) => {
    const scenario = { ...SCENARIOS.calm, namesDelayMs: 60_000 };
    await using call = await Call.start({ scenario, talkers: TALKERS.slice(0, 2) });
    const session = await call.record();
    await call.length(session, 2);
    const stopped = await call.stop(session);

    expect(stopped.tracks.map(({ file }) => file)).toEqual([
      'tracks/01-unknown.opus',
      'tracks/02-unknown.opus',
    ]);
    expect(call.all('speaker')).toMatchObject([{ userId: null }, { userId: null }]);
    const manifest = await expectSound(session.folder);
    expect(manifest.tracks).toMatchObject([{ userId: null }, { userId: null }]);
    const sent = await readSent(call.demo);
    const matched = await Promise.all(
      manifest.tracks.map(async ({ file }) => {
        const packets = await probePackets(path.join(session.folder, file));
        return [...new Set(sent.packets.map(({ ssrc }) => ssrc))].filter((ssrc) => {
          const stream = sent.packets.filter((packet) => packet.ssrc === ssrc);
          const at = { hashOf: sent.hashOf, fromMs: call.window.fromMs };
          const { missing, strangers } = matchTrack(packets, stream, at);
          const expected = sentIn(stream, call.window);
          return strangers.length === 0 && !missing.some((packet) => expected.includes(packet));
        });
      }),
    );
    expect(matched.map(({ length }) => length)).toEqual([1, 1]);
    expect(matched[0]).not.toEqual(matched[1]);
  });

  test('are named in manifest and events when op 5 comes after ten seconds', async ({ expect }) => {
    const scenario = { ...SCENARIOS.calm, namesDelayMs: 600_000 };
    await using call = await Call.start({ scenario, talkers: TALKERS.slice(2, 3) });
    const session = await call.record();
    const unknown = await call.event('speaker');
    const { news } = call.demo.voice;
    for (const { userId, ssrc } of news.speakersIn(call.channelId)) news.changeSsrc(userId, ssrc);
    const known = await call.event('speaker', ({ userId }) => userId !== null);
    const [person] = call.all('present');
    await call.stop(session);

    expect(unknown).toMatchObject({ userId: null, track: 'tracks/01-unknown.opus' });
    expect(known).toMatchObject({
      userId: person?.userId,
      name: person?.name,
      track: 'tracks/01-unknown.opus',
    });
    const manifest = await expectSound(session.folder);
    expect(manifest.tracks).toMatchObject([
      { file: 'tracks/01-unknown.opus', userId: person?.userId, name: person?.name },
    ]);
    const [track] = await checkTracks(session.folder, await readSent(call.demo));
    const expected = sentIn(track?.stream ?? [], call.window);
    expect(expected.length).toBeGreaterThan(100);
    expect(track?.missing.filter((packet) => expected.includes(packet))).toEqual([]);
  });
});
