import { describe, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

describe.concurrent('while recording', () => {
  test('a pause is silence of its length in every track, and nothing sent in it is kept', async ({
    expect,
  }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 3) });
    const session = await call.record();
    await call.until('everyone', () => call.all('speaker').length === 3);
    await call.length(session, 2);
    session.pause();
    const pausedAt = session.view().pausedAtSamples ?? NaN;
    await call.length(session, pausedAt / 48_000 + 2.5);
    session.pause(); // a second pause changes nothing
    session.resume();
    const [gap] = call.all('gap');
    const before = session.view().speakers.map(({ counts }) => counts.packets);
    await call.until('packets of somebody', () =>
      session
        .view()
        .speakers.some(({ counts }, index) => counts.packets > (before[index] ?? 0) + 40),
    );
    await call.stop(session);

    expect(gap).toMatchObject({ reason: 'pause', fromSamples: pausedAt });
    const resumedAt = gap?.toSamples ?? NaN;
    expect(resumedAt - pausedAt).toBeGreaterThanOrEqual(2.5 * 48_000);
    const manifest = await expectSound(session.folder);
    expect(manifest.pauses).toEqual([[pausedAt, resumedAt]]);
    expect(manifest.gaps).toEqual([
      { reason: 'pause', fromSamples: pausedAt, toSamples: resumedAt },
    ]);
    const { fromMs } = call.window;
    const [pausedAtMs, resumedAtMs] = [fromMs + pausedAt / 48, fromMs + resumedAt / 48];
    const tracks = await checkTracks(session.folder, await readSent(call.demo));
    expect(tracks).toHaveLength(3);
    for (const { track, placed, strangers, concealed } of tracks) {
      expect(strangers).toEqual([]);
      expect(concealed).toEqual([]);
      expect(placed).toHaveLength(track.packets);
      expect(track).toMatchObject({ lost: 0, late: 0, undecryptable: 0 });
      // Packets on their way at either end of the pause may be kept or not.
      const kept = placed.filter(
        ({ sent }) => sent.atMs > pausedAtMs + 100 && sent.atMs < resumedAtMs - 100,
      );
      expect(kept).toEqual([]);
      const inside = placed.filter(
        ({ position }) => position > pausedAt + 9_600 && position < resumedAt - 9_600,
      );
      expect(inside).toEqual([]);
    }
  });

  test('a pause lasts to the recording’s end when nobody resumes', async ({ expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 1) });
    const session = await call.record();
    await call.event('speaker');
    session.pause();
    await call.length(session, session.samples / 48_000 + 0.5);
    const stopped = await call.stop(session);
    const manifest = await expectSound(session.folder);
    expect(manifest.pauses).toEqual([[expect.anything(), stopped.samples]]);
    expect(call.all('gap')).toMatchObject([{ reason: 'pause', toSamples: stopped.samples }]);
  });

  test('a marker keeps its position, and takes its note later', async ({ expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 1) });
    const session = await call.record();
    await call.length(session, 0.3);
    const first = session.mark('') ?? NaN;
    await call.length(session, 0.6);
    const second = session.mark('second');
    expect(session.noteMarker(first, 'the moment')).toBe(true);
    expect(session.noteMarker(9, 'none such')).toBe(false);
    await session.stop('user');
    expect(session.mark('too late')).toBeNull();
    expect(second).toBe(first + 1);
    const manifest = await expectSound(session.folder);
    expect(manifest.markers.map(({ note }) => note)).toEqual(['the moment', 'second']);
    const [a = NaN, b = NaN] = manifest.markers.map(({ samples }) => samples);
    expect(a).toBeGreaterThanOrEqual(0.3 * 48_000);
    expect(b).toBeGreaterThanOrEqual(0.6 * 48_000);
    expect(b).toBeLessThanOrEqual(manifest.samples);
  });
});
