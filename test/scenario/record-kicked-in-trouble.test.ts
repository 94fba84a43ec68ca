import { expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

// A kicked bot does not join again by itself, whatever else fails at the same time.
test.each([
  ['the main gateway is away for some seconds', 'main', 500],
  ['the voice socket has just broken', 'voice', 300],
] as const)('a kick while %s ends the recording', async (_, part, beforeMs) => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1) }));
  const { demo } = call;
  const session = await time.during(call.record());
  await time.during(call.event('speaker'));
  demo.network.fail('refuses', [part]);
  await time.pass(beforeMs);
  demo.control.kick();
  await time.pass(part === 'main' ? 8_000 : 500);
  demo.network.heal();
  const { reason } = await time.during(session.finished); // files are written in real time, so there is no limit of simulated time
  expect(reason).toBe('kicked');
  await time.pass(40_000);
  const { world, bot } = demo.setting;
  expect(world.voiceState(demo.guildId, bot.userId)?.channelId ?? null).toBeNull();
  expect(call.engine.session.kind).toBe('idle');
});
