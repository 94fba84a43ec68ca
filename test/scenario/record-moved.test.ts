import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { verifyRecording } from '../../main/recording/verify.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

test.each([
  { where: 'stage', order: 'server first', delayMs: 30 },
  { where: 'stage', order: 'server first', delayMs: 2_000 },
  { where: 'stage', order: 'state first', delayMs: 2_000 },
  { where: 'voice', order: 'server first', delayMs: 30 },
  { where: 'voice', order: 'server first', delayMs: 500 },
] as const)('moved on a $where, $order, the other $delayMs ms later', async (situation) => {
  const { order, where, delayMs } = situation;
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1), where }));
  const { demo } = call;
  const target = demo.setting.channels[where === 'stage' ? 'otherStage' : 'otherVoice'];
  for (const style of TALKERS.slice(1, 3)) demo.people.add(target, style);
  const session = await time.during(call.record());
  await time.during(call.event('speaker'));

  Object.assign(demo.joins, { order, secondEventDelayMs: delayMs, serverUpdates: 3 });
  demo.control.move(target.id);
  await time.during(call.event('moved'));
  await time.during(call.event('gap'));
  await time.during(call.until('both are heard', () => call.all('speaker').length === 3));
  await time.pass(12_000);
  await time.during(call.stop(session));

  const gaps = call.all('gap');
  expect(gaps.map(({ reason }) => reason)).toEqual(['channel-move']);
  for (const { fromSamples, toSamples } of gaps)
    expect(toSamples - fromSamples).toBeLessThan(3 * 48_000);
  expect(call.all('moved')).toMatchObject([{ channelId: target.id }]);
  if (where === 'voice') expect(session.view().encryption.epoch).not.toBeNull();
  demo.flushLog();
  const log = await readFile(demo.sentLog, 'utf8');
  const own = `"userId":"${demo.setting.bot.userId}","message":"identified","guildId"`;
  expect(log.split(own)).toHaveLength(3); // one voice session in each channel
  const { ok, findings } = await verifyRecording(session.folder);
  expect({ ok, findings }).toEqual({ ok: true, findings: [] });
  for (const { undecryptable } of call.all('stopped')[0]?.tracks ?? []) {
    expect(undecryptable).toBeLessThan(50); // while the group takes a newcomer in
  }
});
