import { describe, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks, missingOutside } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

describe.concurrent('when nothing arrives', () => {
  test('and echoes stop, we join again in the same recording, with a gap since the last sign of life', async ({
    expect,
  }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
    const { media } = call.demo;
    const session = await call.record();
    await call.until('both', () => call.all('speaker').length === 2);
    await call.length(session, 6); // by then a keepalive was echoed
    const good = media.quality;
    media.quality = { ...good, lossRatio: 1 };
    media.echoesKeepalives = false;
    const deadAtMs = performance.timeOrigin + performance.now();
    await call.event('warning', ({ code }) => code === 'nothing-arrives');
    await call.until('joining again', () => session.view().retrying !== null);
    media.quality = good;
    media.echoesKeepalives = true;
    const gap = await call.event('gap');
    const packets = (): number =>
      session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
    const before = packets();
    await call.until('packets', () => packets() > before + 50);
    await call.stop(session);

    expect(call.all('gap')).toHaveLength(1);
    expect(gap.reason).toBe('reconnect');
    const { fromMs } = call.window;
    expect(Math.abs(gap.fromSamples / 48 + fromMs - deadAtMs)).toBeLessThan(2_000);
    await expectSound(session.folder);
    const hole = { fromMs: gap.fromSamples / 48 + fromMs, toMs: gap.toSamples / 48 + fromMs };
    for (const checked of await checkTracks(session.folder, await readSent(call.demo))) {
      expect(missingOutside(checked, call.window, [hole])).toEqual([]);
      expect(checked.strangers).toEqual([]);
      expect(checked.track).toMatchObject({ late: 0 });
    }
  });

  test('because nobody speaks, we do not join again', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const session = await call.record();
    await call.length(session, 6);
    call.demo.media.echoesKeepalives = false; // as with servers that never echo
    call.demo.people.add(call.demo.setting.channels.stage);
    await call.length(session, 12);
    call.demo.media.echoesKeepalives = true;
    await call.length(session, 34);
    await call.stop(session);
    expect(call.all('warning')).toEqual([]);
    expect(call.all('gap')).toEqual([]);
  });
});
