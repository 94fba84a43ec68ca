import { expect, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { Call, TALKERS } from '../support/call.ts';
import { readManifestOf, sentIn } from '../support/checked-tracks.ts';
import { FastTime } from '../support/fast-time.ts';
import { readSent } from '../support/sent.ts';
import { expectWhole } from '../support/unkind.ts';

const TWO = TALKERS.slice(0, 2);

test('whoever comes next has the SSRC of somebody who has left, in floods of video', async () => {
  using time = new FastTime();
  const scenario = { ...SCENARIOS['reused-ssrcs'], churnEveryMs: 0, hasVideo: true };
  await using call = await time.during(Call.start({ where: 'voice', scenario, talkers: TWO }));
  const { demo } = call;
  const { voice } = demo.setting.channels;
  const session = await time.during(call.record());
  await time.during(call.until('both', () => call.all('speaker').length === 2));
  const [first = '', second = ''] = demo.people.in(voice.id);
  demo.people.leave(first);
  const third = demo.people.add(voice, TALKERS[2]);
  await time.pass(2_000);
  demo.people.leave(second);
  demo.people.enter(first, voice);
  await time.pass(2_000);
  await time.during(call.stop(session));

  const tracks = await expectWhole(call, session);
  const ssrcs = (userId: string): number[] => {
    const stream = tracks.find(({ track }) => track.userId === userId)?.stream ?? [];
    return [...new Set(stream.map(({ ssrc }) => ssrc))];
  };
  expect([first, second, third].map(ssrcs)).toEqual([[1, 4], [4], [1]]);
  const sent = await readSent(demo);
  const videos = sentIn(sent.packets, call.window).filter(({ kind }) => kind === 'video');
  const { rejected } = await readManifestOf(session.folder);
  expect(videos.length).toBeGreaterThan(1_000);
  expect(rejected['payload-type']).toBeGreaterThanOrEqual(videos.length * 0.98);
  expect(rejected['unknown-ssrc']).toBe(0);
  expect(call.all('warning')).toEqual([]);
});

test('sound bots that count anew with every clip', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ scenario: 'sound-bots', talkers: TALKERS }));
  const session = await time.during(call.record());
  await time.during(call.until('all four', () => call.all('speaker').length === 4));
  await time.pass(8_000);
  await time.during(call.stop(session));
  expect(await expectWhole(call, session)).toHaveLength(4);
});

test('people come back under another SSRC while the old one still sends', async () => {
  const scenario = { ...SCENARIOS['two-ssrcs'], ssrcChangeEveryMs: 600 };
  await using call = await Call.start({ where: 'voice', scenario, talkers: TWO });
  const session = await call.record();
  await call.length(session, 5);
  await call.stop(session);
  const tracks = await expectWhole(call, session, [], 'overlaps may be late');
  expect(tracks).toHaveLength(2);
  const ssrcs = new Set(tracks.flatMap(({ stream }) => stream.map(({ ssrc }) => ssrc)));
  expect(ssrcs.size).toBeGreaterThan(2);
});
