import { expect, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';
import { expectWhole } from '../support/unkind.ts';

const TWO = TALKERS.slice(0, 2);

test('behind a NAT, at a server that hears nobody who did not speak and soon forgets who is silent', async () => {
  using time = new FastTime();
  const timing = { keepaliveLimitMs: 6_000 };
  await using call = await time.during(Call.start({ scenario: 'nat', talkers: TWO, timing }));
  const { demo } = call;
  const session = await time.during(call.record());
  await time.during(call.until('both', () => call.all('speaker').length === 2));
  await time.pass(14_000);
  const ofBot = demo.voice.sessionOf(demo.setting.bot.userId);
  expect(ofBot?.told?.address).toBe('203.0.113.7');
  await time.during(call.stop(session));
  await expectWhole(call, session);
});

test('the call moves to another region and back, and Resume is refused with 4006 and 4009', async () => {
  using time = new FastTime();
  const scenario = { ...SCENARIOS['resume-refused'], cutEveryMs: 0 };
  await using call = await time.during(Call.start({ scenario, talkers: TWO, where: 'voice' }));
  const { demo } = call;
  const session = await time.during(call.record());
  await time.during(call.until('both', () => call.all('speaker').length === 2));
  const steps = [
    () => {
      demo.control.moveRegion();
    },
    () => {
      demo.control.cutVoice();
    },
    () => {
      demo.control.moveRegion();
    },
    () => {
      demo.control.cutVoice();
    },
  ];
  for (const [number, step] of steps.entries()) {
    step();
    await time.during(call.until('the gap', () => call.all('gap').length > number));
    await time.pass(1_500);
  }
  await time.during(call.stop(session));
  expect(demo.joins.region).toBe(0);
  await expectWhole(call, session, ['server-move', 'reconnect', 'server-move', 'reconnect']);
});
