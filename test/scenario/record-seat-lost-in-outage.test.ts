import { expect, test } from 'vitest';
import { verifyRecording } from '../../main/recording/verify.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

// A voice server that gets nothing from us for long removes us from the channel. That is no kick.
test('a voice state that is lost while the voice gateway is silent is joined again', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1) }));
  const { demo } = call;
  const session = await time.during(call.record());
  await time.during(call.event('speaker'));
  demo.network.fail('silent', ['voice', 'media']);
  await time.pass(25_000); // heartbeats are unanswered, but the connection is not yet given up
  const { bot, world } = demo.setting;
  const seat = world.voiceState(demo.guildId, bot.userId);
  if (seat === undefined) return expect.unreachable();
  world.setVoiceState({ ...seat, channelId: null });
  await time.pass(10_000);
  expect(call.engine.session.kind).toBe('recording');
  demo.network.heal();
  const gap = await time.during(call.event('gap'));
  const packets = (): number => session.view().speakers[0]?.counts.packets ?? 0;
  const before = packets();
  await time.during(call.until('packets', () => packets() > before + 25));
  await time.during(call.stop(session));
  expect(gap.reason).toBe('reconnect');
  expect(await verifyRecording(session.folder)).toMatchObject({ ok: true, findings: [] });
});
