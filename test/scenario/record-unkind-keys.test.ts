import { expect, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';
import { expectWhole } from '../support/unkind.ts';

test('op 11 is late and incomplete, tokens come again, and the main gateway tells of people late', async () => {
  using time = new FastTime();
  const scenario = {
    ...SCENARIOS['patchy-news'],
    voiceTokens: 'repeated',
    churnEveryMs: 0,
  } as const;
  await using call = await time.during(
    Call.start({ where: 'voice', scenario, talkers: TALKERS.slice(0, 2) }),
  );
  const { demo } = call;
  demo.gateway.peopleDelayMs = 2_000;
  const session = await time.during(call.record());
  await time.during(call.until('all', () => call.all('speaker').length >= 2));
  for (let newcomer = 0; newcomer < 2; newcomer += 1) {
    demo.people.add(demo.setting.channels.voice, TALKERS[newcomer]);
    await time.pass(1_500);
  }
  demo.control.closeVoice(4006);
  await time.during(call.event('gap'));
  await time.pass(2_500);
  await time.during(call.stop(session));

  expect(await expectWhole(call, session, ['reconnect'])).toHaveLength(4);
});

test('where wrong commits are closed, people come and go, and the third op 31 in a minute costs one gap', async () => {
  using time = new FastTime();
  const scenario = { ...SCENARIOS['strict-keys'], churnEveryMs: 0, daveFaultEveryMs: 0 };
  await using call = await time.during(
    Call.start({ where: 'voice', scenario, talkers: TALKERS.slice(0, 2) }),
  );
  const { demo } = call;
  const { voice } = demo.setting.channels;
  const session = await time.during(call.record());
  await time.during(call.until('all', () => call.all('speaker').length >= 2));
  const [first = ''] = demo.people.in(voice.id);
  for (const change of ['leave', 'enter', 'leave', 'enter'] as const) {
    if (change === 'leave') demo.people.leave(first);
    else demo.people.enter(first, voice);
    await time.pass(1_000);
  }
  demo.control.dave.beginNewGroup();
  await time.pass(2_000);
  expect(call.all('gap')).toEqual([]);
  for (let fault = 0; fault < 3; fault += 1) {
    demo.control.dave.announceBogusCommit();
    await time.pass(1_500);
  }
  await time.during(call.event('gap'));
  await time.pass(2_000);
  await time.during(call.stop(session));
  await expectWhole(call, session, ['reconnect']);
});
