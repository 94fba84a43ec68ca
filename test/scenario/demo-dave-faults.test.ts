import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { EncryptedCaller } from '../support/encrypted-caller.ts';
import { openVoice } from '../support/raw-client.ts';

const WAIT = { timeout: 10_000, interval: 10 };

const packetLine = z.object({
  event: z.literal('packet'),
  userId: z.string(),
  sequence: z.number(),
  epoch: z.number().nullable(),
  group: z.number().nullable(),
  kind: z.string(),
});
const daveLine = z.looseObject({
  event: z.literal('dave'),
  message: z.string(),
  userId: z.string(),
  group: z.number(),
  epoch: z.number(),
});

function lines<T>(demo: DemoServer, shape: z.ZodType<T>): T[] {
  demo.flushLog();
  const all = readFileSync(demo.sentLog, 'utf8').trim().split('\n');
  return all.flatMap((line) => shape.safeParse(JSON.parse(line)).data ?? []);
}

/** Lines of the sent log for our bot. */
function told(demo: DemoServer, message: string) {
  const botId = demo.setting.bot.userId;
  return lines(demo, daveLine).filter((one) => one.message === message && one.userId === botId);
}

async function encryptedDemo(options: Parameters<typeof startDemoServer>[0] = {}) {
  const demo = await startDemoServer({
    speakers: 0,
    scenario: { ...SCENARIOS.calm, talks: 'voice', paddingRatio: 0 },
    timing: { transitionLimitMs: 400 },
    ...options,
  });
  onTestFinished(() => demo.close());
  return demo;
}

/** A demo with two people who talk in the encrypted call, and a member that listens. */
async function listeningTo(voices: readonly ('maya' | 'theo')[] = ['maya', 'theo']) {
  const demo = await encryptedDemo();
  const { voice: channel } = demo.setting.channels;
  const offsets = { maya: 5556, theo: 2541 };
  const people = voices.map((voice) =>
    demo.people.add(channel, { voice, offsetFrames: offsets[voice] }),
  );
  const room = demo.dave.roomOf(channel.id);
  if (room === null) throw new Error('no encryption');
  if (people.length > 1) await vi.waitFor(() => expect(room.epoch).toBe(1), WAIT);
  const caller = await EncryptedCaller.enter(demo);
  await vi.waitFor(() => expect(caller.privacyCode).not.toBe(''), WAIT);
  if (people.length > 1)
    await vi.waitFor(() => expect(told(demo, 'executes')).toHaveLength(1), WAIT);
  return { demo, channel, people, caller, room };
}

/** Resolves when `count` more frames have been opened. */
async function opensMore(caller: EncryptedCaller, count = 10): Promise<void> {
  const opened = (): number => caller.listen().filter(({ opus }) => opus !== null).length;
  const before = opened();
  await vi.waitFor(() => expect(opened()).toBeGreaterThanOrEqual(before + count), WAIT);
}

/** Asserts that every frame that a caller opened is what was sent. */
function expectSpeech(caller: EncryptedCaller): void {
  const said = new Set(
    (['maya', 'theo', 'priya', 'callum'] as const).flatMap((voice) =>
      loadSpeech(voice).packets.map((packet) => Buffer.from(packet).toString('hex')),
    ),
  ).add('f8fffe');
  const opened = caller.heard.flatMap(({ opus }) => opus?.toString('hex') ?? []);
  expect(opened.filter((hex) => !said.has(hex))).toEqual([]);
}

describe('the demo’s faults of end-to-end encryption', () => {
  test.each(['announceBogusCommit', 'sendBogusWelcome'] as const)(
    '%s is answered with ops 31 and 26, and the client comes back into the group',
    async (fault) => {
      const { demo, caller, room } = await listeningTo();
      await opensMore(caller);
      const before = caller.said.length;
      demo.control.dave[fault]();
      await vi.waitFor(() => expect(told(demo, 'recovery')).toHaveLength(1), WAIT);
      expect(caller.said.slice(before, before + 2)).toEqual([31, 26]);
      await vi.waitFor(() => expect(told(demo, 'keys')).toHaveLength(2), WAIT);
      expect(told(demo, 'keys').at(-1)).toMatchObject({ by: 'welcome', epoch: room.epoch });
      await opensMore(caller);
      expectSpeech(caller);
    },
  );

  test('after a corrupted commit the client is back in the next epoch', async () => {
    const { demo, channel, caller } = await listeningTo();
    demo.control.dave.corruptNextCommit();
    demo.people.add(channel);
    await vi.waitFor(() => expect(told(demo, 'recovery')).toHaveLength(1), WAIT);
    await vi.waitFor(() => expect(told(demo, 'keys')).toHaveLength(2), WAIT);
    const [first, second] = told(demo, 'keys');
    expect(second).toMatchObject({ group: first?.group, epoch: (first?.epoch ?? 0) + 2 });
    await opensMore(caller);
    expectSpeech(caller);
  });

  test('after a corrupted welcome the client joins with the next one', async () => {
    const demo = await encryptedDemo({ speakers: 2 });
    demo.dave.faults.arm(demo.setting.bot.userId, 30, () => Buffer.alloc(100));
    const caller = await EncryptedCaller.enter(demo);
    await vi.waitFor(() => expect(told(demo, 'keys')).toHaveLength(1), WAIT);
    expect(told(demo, 'recovery')).toHaveLength(1);
    await opensMore(caller);
    expectSpeech(caller);
  });

  test('with proposals one by one, two who join at once are two op 27s and one commit', async () => {
    const { demo, channel, caller, room } = await listeningTo();
    demo.control.dave.setProposalsPerMessage(1);
    const before = caller.told.length;
    const { epoch } = room;
    const newcomers = [demo.people.add(channel), demo.people.add(channel)];
    await vi.waitFor(() => expect(caller.told.slice(before)).toContain(29), WAIT);
    expect(caller.told.slice(before).filter((op) => op === 27)).toEqual([27, 27]);
    expect(room.epoch).toBe(epoch + 1);
    expect(caller.members).toEqual(expect.arrayContaining(newcomers));
  });

  test('a proposal that is sent twice is revoked in between, and committed once', async () => {
    const { demo, channel, caller, room } = await listeningTo();
    demo.control.dave.setOffers('twice');
    const before = caller.told.length;
    const newcomer = demo.people.add(channel);
    await vi.waitFor(() => expect(room.members).toContain(newcomer), WAIT);
    await vi.waitFor(() => expect(caller.told.slice(before)).toContain(29), WAIT);
    const about = caller.told.slice(before).filter((op) => op === 27 || op === 29); // op 22 may come later
    expect(about.slice(0, 4)).toEqual([27, 27, 27, 29]);
    expect(caller.members).toContain(newcomer);
    await opensMore(caller);
  });

  test('op 22 can come at its time limit, and can be lost for one client', async () => {
    const { demo, channel, caller, room } = await listeningTo();
    demo.control.dave.setExecutes('at the limit');
    const newcomer = demo.people.add(channel);
    await vi.waitFor(() => expect(room.members).toContain(newcomer), WAIT);
    const beganMs = performance.now();
    await vi.waitFor(() => expect(told(demo, 'executes')).toHaveLength(2), WAIT);
    expect(performance.now() - beganMs).toBeGreaterThan(300);

    demo.control.dave.setExecutes('when everyone is ready');
    demo.control.dave.loseNextExecute();
    demo.people.leave(newcomer);
    const all = (): number =>
      lines(demo, daveLine).filter(({ message }) => message === 'executes').length;
    const before = all();
    await vi.waitFor(() => expect(all()).toBeGreaterThanOrEqual(before + 2), WAIT);
    expect(told(demo, 'executes')).toHaveLength(2);
    await opensMore(caller);
  });

  test('after a downgrade frames are plain, and encrypted again in a new group', async () => {
    const { demo, caller, room } = await listeningTo();
    await opensMore(caller);
    demo.control.dave.downgrade();
    await vi.waitFor(() => expect(told(demo, 'executes')).toHaveLength(2), WAIT);
    await opensMore(caller);
    const packets = lines(demo, packetLine).filter(({ kind }) => kind === 'speech');
    expect(packets.at(-1)).toMatchObject({ epoch: null, group: null });
    demo.control.dave.beginNewGroup();
    await vi.waitFor(() => expect(room.members).toHaveLength(3), WAIT);
    expect(room.group).toBe(3);
    const isNew = () =>
      lines(demo, packetLine).some(({ group, epoch }) => group === 3 && epoch === 1);
    await vi.waitFor(() => expect(isNew()).toBe(true), WAIT);
    await opensMore(caller);
    expectSpeech(caller);
  });

  test('a stale commit leaves the client outside of the group without an error, and ops 31 and 26 bring it back', async () => {
    const { demo, caller, room } = await listeningTo();
    await opensMore(caller);
    const newcomer = demo.control.dave.announceStaleCommit();
    await vi.waitFor(() => expect(room.members).toContain(newcomer), WAIT);
    await vi.waitFor(() => expect(told(demo, 'executes')).toHaveLength(2), WAIT);
    expect(told(demo, 'recovery')).toEqual([]);
    const closed = (): number => caller.listen().filter(({ opus }) => opus === null).length;
    const before = closed();
    await vi.waitFor(() => expect(closed()).toBeGreaterThan(before + 20), WAIT);
    caller.recover(2);
    await opensMore(caller);
    expectSpeech(caller);
  });

  test('a member who is left alone gets a new group, in which the next one is heard', async () => {
    const { demo, channel, people, caller } = await listeningTo(['maya']);
    demo.people.leave(people[0] ?? '');
    await vi.waitFor(() => expect(caller.told.slice(-2)).toEqual([24, 21]), WAIT);
    demo.people.add(channel, { voice: 'theo', offsetFrames: 2541 });
    await opensMore(caller);
    expect(told(demo, 'keys').at(-1)).toMatchObject({ group: 2, epoch: 1, transitionId: 0 });
    expectSpeech(caller);
  });

  test('a member whose socket breaks stays in the group, and gets what it missed at Resume', async () => {
    const { demo, channel, caller, room } = await listeningTo();
    const lastSeq = caller.call.voice.received.findLast(({ seq }) => seq !== undefined)?.seq;
    demo.control.cutVoice();
    await caller.call.voice.closed;
    const newcomer = demo.people.add(channel);
    await vi.waitFor(() => expect(room.members).toContain(newcomer), WAIT);
    expect(room.members).toContain(demo.setting.bot.userId);
    const again = await openVoice(caller.joined.endpoint);
    again.send(7, { ...caller.joined.identify, seq_ack: lastSeq });
    await again.op(9);
    const missed = again.received.filter(({ d }) => Buffer.isBuffer(d));
    expect(missed.map(({ op }) => op)).toEqual([27, 29]);
    await again.close();
  });

  test('op 25 comes before op 4 where the scenario says so', async () => {
    const demo = await encryptedDemo({
      speakers: 2,
      scenario: { ...SCENARIOS.calm, talks: 'voice', externalSender: 'early', paddingRatio: 0 },
    });
    const caller = await EncryptedCaller.enter(demo);
    const ops = caller.call.voice.received.map(({ op }) => op);
    expect(ops.indexOf(25)).toBeLessThan(ops.indexOf(4));
    expect(ops).toContain(25);
    await opensMore(caller);
  });
});

describe('the demo’s sent log about end-to-end encryption', () => {
  test('a frame opens exactly when the log says that the client has the keys of its group and epoch', async () => {
    const demo = await encryptedDemo();
    const { voice: channel } = demo.setting.channels;
    const [maya] = [
      { voice: 'maya', offsetFrames: 5556 } as const,
      { voice: 'theo', offsetFrames: 2541 } as const,
    ].map((style) => demo.people.add(channel, style));
    const first = await EncryptedCaller.enter(demo, demo.otherToken);
    await opensMore(first);
    const caller = await EncryptedCaller.enter(demo);
    await opensMore(caller, 20);
    const guest = demo.people.add(channel);
    await opensMore(caller, 20);
    demo.people.leave(guest);
    await opensMore(caller, 20);
    demo.people.enter(maya ?? '', channel);
    await opensMore(caller, 20);
    const name = (one: { group: number | null; epoch: number | null }): string =>
      `${String(one.group)} ${String(one.epoch)}`;
    const given = new Set(told(demo, 'keys').map(name)).add('null null');
    const sent = new Map(
      lines(demo, packetLine).map((one) => [`${one.userId} ${String(one.sequence)}`, name(one)]),
    );
    const heard = caller.listen().map(({ userId, sequence, opus }) => ({
      isOpened: opus !== null,
      isGiven: given.has(sent.get(`${userId} ${String(sequence)}`) ?? ''),
    }));
    expect(heard.filter(({ isOpened, isGiven }) => isOpened !== isGiven)).toEqual([]);
    expect(heard.filter(({ isGiven }) => !isGiven).length).toBeGreaterThan(0);
  });
});
