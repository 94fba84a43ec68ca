import { expect, test } from 'vitest';
import { guildJson } from '../../main/demo/world/payloads.ts';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';
import { expectWhole } from '../support/unkind.ts';

const ONE = TALKERS.slice(0, 1);

test('a server of 3 MB comes 8 s late, by REST that answers in HTML first, and joins are limited', async () => {
  using time = new FastTime();
  const { restEdge } = SCENARIOS.cloudflare;
  const { joinLimits } = SCENARIOS['rate-limited'];
  const scenario = { ...SCENARIOS['full-guild'], restEdge, joinLimits };
  await using call = await time.during(Call.start({ scenario, talkers: ONE }));
  const { demo } = call;
  const { guild, bot } = demo.setting;
  const bytes = JSON.stringify(guildJson(guild, bot.userId)).length;
  expect(bytes).toBeGreaterThan(2_900_000);
  expect(guild.channels.size).toBe(500);
  const session = await time.during(call.record({ notice: 'given' }));
  await time.during(call.event('speaker'));
  demo.control.closeVoice(4006);
  await time.during(call.event('gap'));
  await time.pass(1_000);
  await time.during(call.stop(session));
  expect(call.all('warning').map(({ code }) => code)).toContain('guild-late');
  await expectWhole(call, session, ['reconnect']);
});

test('an outage of the server ends by itself 12 s after the sign-in', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ scenario: 'guild-outage', talkers: ONE }));
  const session = await time.during(call.record());
  await time.pass(1_000);
  await time.during(call.stop(session));
  expect(call.all('warning')).toMatchObject([{ code: 'guild-late' }]);
  await expectWhole(call, session);
});
