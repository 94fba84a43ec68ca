import { expect, test } from 'vitest';
import { verifyRecording } from '../../main/recording/verify.ts';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks, missingOutside } from '../support/checked-tracks.ts';
import { FastTime } from '../support/fast-time.ts';
import { readSent } from '../support/sent.ts';

test('when our public address changes we join again, in the same recording', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 2) }));
  const { demo } = call;
  const session = await time.during(call.record());
  const packets = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  await time.during(call.until('both', () => call.all('speaker').length === 2));
  await time.during(call.length(session, 12)); // by then keepalives were echoed
  const fromSamples = session.samples;
  demo.control.changeAddress();
  await time.during(call.event('warning', ({ code }) => code === 'nothing-arrives'));
  const gap = await time.during(call.event('gap'));
  const before = packets();
  await time.during(call.until('packets', () => packets() > before + 50));
  await time.during(call.stop(session));

  expect(gap.reason).toBe('reconnect');
  expect(Math.abs(gap.fromSamples - fromSamples)).toBeLessThan(6 * 48_000); // the gap begins at the last echo or packet
  expect(gap.toSamples - fromSamples).toBeLessThan(45 * 48_000);
  expect(call.all('gap')).toHaveLength(1);
  expect(call.all('speaker')).toHaveLength(2);
  expect(await call.folders()).toHaveLength(1);
  const { fromMs } = call.window;
  const hole = { fromMs: gap.fromSamples / 48 + fromMs, toMs: gap.toSamples / 48 + fromMs };
  // Packets sent in the same step of simulated time as `joined` were sent before it.
  const window = { ...call.window, fromMs: fromMs + 1 };
  for (const checked of await checkTracks(session.folder, await readSent(demo))) {
    expect(missingOutside(checked, window, [hole])).toEqual([]);
    expect(checked.strangers).toEqual([]);
    expect(checked.track).toMatchObject({ lost: 0, late: 0 });
  }
  expect(await verifyRecording(session.folder)).toMatchObject({ ok: true, findings: [] });
});
