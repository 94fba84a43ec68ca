import { expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';
import { expectSound } from '../support/finished-recording.ts';

test('another transport key, told in a second Session Description, costs nothing', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 2) }));
  const session = await time.during(call.record());
  await time.during(call.until('both', () => call.all('speaker').length === 2));
  for (let round = 0; round < 3; round += 1) {
    call.demo.control.rekey('told');
    await time.arrive(); // the message of the key comes before packets under it, which a step would send at once
    await time.pass(1_000);
    if (round === 1) call.demo.control.cutVoice(); // the next one comes on a resumed socket
    await time.pass(3_000);
  }
  const stopped = await time.during(call.stop(session));
  expect(stopped.tracks.map(({ lost, late }) => ({ lost, late }))).toEqual([
    { lost: 0, late: 0 },
    { lost: 0, late: 0 },
  ]);
  expect(call.all('gap')).toEqual([]);
  expect(call.all('warning')).toEqual([]);
  const { rejected } = await expectSound(session.folder);
  expect(rejected['transport-auth']).toBe(0);
});

test('a key that nobody told: a warning, and a fresh join within seconds', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 2) }));
  const session = await time.during(call.record());
  await time.during(call.until('both', () => call.all('speaker').length === 2));
  await time.pass(2_000);
  call.demo.control.rekey('untold');
  await time.during(call.event('gap'));
  const packets = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  const before = packets();
  await time.during(call.until('packets', () => packets() > before + 50));
  await time.pass(70_000);
  await time.during(call.stop(session));
  expect(call.all('warning')).toMatchObject([{ code: 'nothing-opens' }]);
  expect(call.all('gap')).toMatchObject([{ reason: 'reconnect' }]);
  for (const { fromSamples, toSamples } of call.all('gap'))
    expect(toSamples - fromSamples).toBeLessThan(10 * 48_000);
});
