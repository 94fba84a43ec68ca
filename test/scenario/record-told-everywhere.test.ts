import { describe, expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { FastTime } from '../support/fast-time.ts';
import { expectSound } from '../support/finished-recording.ts';
import { noticesOf, refuseNickname } from '../support/given-notices.ts';
import { readSent } from '../support/sent.ts';

/** How long Discord takes to answer the message of the second channel: somebody talks meanwhile. */
const ANSWER_MS = 4_000;

/** A datagram on its way arrives up to three steps of simulated time later. */
const ON_THE_WAY_MS = 300;

/** A recording with notices, whose bot is about to be dragged to another channel, where three people talk. */
async function aboutToMove(time: FastTime) {
  const call = await time.during(Call.start({ where: 'voice', talkers: TALKERS.slice(0, 1) }));
  const { demo } = call;
  const target = demo.setting.channels.otherVoice;
  for (const style of TALKERS.slice(1)) demo.people.add(target, style);
  const session = await time.during(call.record({ notice: 'given' }));
  await time.during(call.event('speaker'));
  return { call, target, session };
}

describe('a bot that is dragged to another channel', () => {
  test.each([
    { order: 'state first', delayMs: 30 },
    { order: 'server first', delayMs: 30 },
    { order: 'server first', delayMs: 2_000 },
  ] as const)('tells the people there before it hears them ($order, $delayMs ms)', async (how) => {
    using time = new FastTime();
    const { call: moving, target, session } = await aboutToMove(time);
    await using call = moving;
    const { demo } = call;
    demo.rest.plan({
      method: 'POST',
      path: /messages$/,
      answer: 'real',
      afterMs: ANSWER_MS,
      times: 1,
    });
    Object.assign(demo.joins, { order: how.order, secondEventDelayMs: how.delayMs });
    demo.control.move(target.id);
    const gap = await time.during(call.event('gap', ({ reason }) => reason === 'channel-move'));
    await time.pass(10_000);
    await time.during(call.stop(session));

    const here = noticesOf(call).filter(({ channelId }) => channelId === target.id);
    expect(here.filter(({ kind }) => kind !== 'sound')).toEqual([
      { kind: 'message', channelId: target.id, ok: true },
      { kind: 'nickname', channelId: target.id, ok: true },
    ]);
    const told = call
      .all('notice')
      .filter(({ channelId, kind }) => channelId === target.id && kind === 'message');
    expect(call.whenMs(gap)).toBeGreaterThanOrEqual(call.whenMs(told[0] ?? expect.fail()));
    const manifest = await expectSound(session.folder);
    expect(manifest.gaps.map(({ reason }) => reason)).toEqual(['channel-move']);
    const given = manifest.consent.notices ?? [];
    const first = given.find(
      ({ channelId, kind }) => channelId === target.id && kind === 'message',
    );
    const toldAtMs = Date.parse(first?.at ?? '');
    const tracks = (await checkTracks(session.folder, await readSent(demo))).slice(1);
    // They talked before they were told.
    expect(tracks.flatMap(({ stream }) => stream).some(({ atMs }) => atMs < toldAtMs)).toBe(true);
    const placed = tracks.flatMap((track) => track.placed);
    expect(placed.length).toBeGreaterThan(50);
    for (const { sent } of placed) {
      expect(sent.atMs).toBeGreaterThan(toldAtMs - ON_THE_WAY_MS);
    }
    const ledger = new Map(manifest.consent.people?.map((one) => [one.userId, one]));
    for (const { userId } of manifest.people) expect(ledger.get(userId)?.toldAt).not.toBeNull();
  });

  test('where nobody can be told ends there, with nothing of it on disk', async () => {
    using time = new FastTime();
    const { call: moving, target, session } = await aboutToMove(time);
    await using call = moving;
    const { demo } = call;
    refuseNickname(demo);
    demo.control.setNick(demo.guildId, null); // a moderator took the mark away
    demo.control.setPermissions(target.id, { deny: ['SEND_MESSAGES', 'SPEAK'] });
    demo.control.move(target.id);
    const stopped = await time.during(session.finished);
    expect(stopped).toMatchObject({ reason: 'moved' });
    expect(call.all('warning')).toMatchObject([{ code: 'cannot-give-notice' }]);
    const here = noticesOf(call).filter(({ channelId }) => channelId === target.id);
    expect(here.map(({ kind, ok }) => [kind, ok])).toEqual([
      ...[
        ['message', false],
        ['nickname', false],
        ['sound', false],
      ],
    ]);
    const manifest = await expectSound(session.folder);
    expect(manifest.tracks).toHaveLength(1);
    expect(manifest.reason).toBe('moved');
  });

  test('and asked to stop there writes nothing of it, whatever comes first', async () => {
    using time = new FastTime();
    await using call = await time.during(
      Call.start({ talkers: TALKERS.slice(0, 1), where: 'voice' }),
    );
    const { demo } = call;
    const target = demo.setting.channels.otherVoice;
    for (const style of TALKERS.slice(1, 3)) demo.people.add(target, style);
    const session = await time.during(call.record({ onMove: 'stop' }));
    await time.during(call.event('speaker'));
    Object.assign(demo.joins, { order: 'server first', secondEventDelayMs: 900 });
    demo.control.move(target.id);
    const stopped = await time.during(session.finished);
    expect(stopped).toMatchObject({ reason: 'moved' });
    expect(stopped.tracks).toHaveLength(1);
  });
});

test('another voice server of the same channel needs no other notice, and costs no more than before', async () => {
  using time = new FastTime();
  const { call: calm, session } = await aboutToMove(time);
  await using call = calm;
  const { demo } = call;
  const count = call.all('notice').length;
  demo.control.moveRegion();
  const gap = await time.during(call.event('gap'));
  await time.pass(6_000);
  await time.during(call.stop(session));
  expect(gap.reason).toBe('server-move');
  expect(gap.toSamples - gap.fromSamples).toBeLessThan(2 * 48_000);
  expect(call.all('notice')).toHaveLength(count);
  const sent = await readSent(demo);
  const [track] = await checkTracks(session.folder, sent);
  expect(sentIn(track?.stream ?? [], call.window).length).toBeGreaterThan(20);
  expect(track?.track).toMatchObject({ late: 0, duplicate: 0 });
});

test('what was told is taken back at the end', async () => {
  await using call = await Call.start({ talkers: [] });
  const { demo } = call;
  const { world, bot, guild } = demo.setting;
  const nick = (): string | null => guild.members.get(bot.userId)?.nick ?? null;
  const before = nick();
  const session = await call.record({ notice: 'given' });
  expect(nick()).toMatch(/^\[REC\] /);
  await session.stop('user');
  expect(nick()).toBe(before);
  expect(world.messages).toHaveLength(1);
  expect(world.messages[0]?.content).toContain('The recording is over. It lasted 0:00:0');
});
