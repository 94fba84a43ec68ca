import { describe, expect, test, vi } from 'vitest';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import {
  RawSocket,
  hostOf,
  join,
  nested,
  openMain,
  properties,
  signIn,
} from '../support/raw-client.ts';

const timing = { gatewayHeartbeatMs: 60 };

test('the token may have `Bot ` before it, as in REST', async () => {
  await using demo = await startDemoServer({ speakers: 0 });
  const { sessionId } = await signIn(demo, { token: `Bot ${demo.token}` });
  const again = await openMain(demo);
  again.send(6, { token: demo.token, session_id: sessionId, seq: 1 });
  expect((await again.event('RESUMED')).t).toBe('RESUMED');
});

describe('demo main gateway closes on a client’s fault', () => {
  const wrong: [code: number, what: string, d: (demo: DemoServer) => [op: number, d: unknown]][] = [
    [
      4002,
      'old property names',
      ({ token }) => [2, { token, intents: 129, properties: { $os: 'x' } }],
    ],
    [4003, 'anything before Identify', () => [4, {}]],
    [4004, 'an unknown token', () => [2, { token: 'x', intents: 129, properties }]],
    [
      4010,
      'an impossible shard',
      ({ token }) => [2, { token, intents: 129, properties, shard: [1, 1] }],
    ],
    [
      4013,
      'an intent that does not exist',
      ({ token }) => [2, { token, intents: 2 ** 30, properties }],
    ],
    [4014, 'a privileged intent', ({ token }) => [2, { token, intents: 131, properties }]],
    [4004, 'an unknown token on Resume', () => [6, { token: 'x', session_id: 'x', seq: 1 }]],
  ];

  test.each(wrong)('with %i for %s', async (code, _, make) => {
    await using demo = await startDemoServer({ speakers: 0 });
    const socket = await openMain(demo);
    socket.send(...make(demo));
    expect(await socket.closed).toBe(code);
  });

  test('with 4012 for a retired version', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    expect(await new RawSocket(`ws://${hostOf(demo)}/?v=6&encoding=json`).closed).toBe(4012);
    expect(await new RawSocket(`ws://${hostOf(demo)}/`).closed).toBe(4012);
  });

  const late: [code: number, what: string, (socket: RawSocket, demo: DemoServer) => void][] = [
    [4001, 'an unknown opcode', (socket) => socket.send(77, null)],
    [4002, 'what is not JSON', (socket) => socket.sendText('{')],
    [4002, 'more than 4096 bytes', (socket) => socket.send(3, 'x'.repeat(4096))],
    [4002, 'JSON nested more than 64 deep', (socket) => socket.send(3, nested(64))],
    [4002, 'an op 4 without its fields', (socket) => socket.send(4, { guild_id: '1' })],
    [
      4005,
      'a second Identify',
      (socket, { token }) => socket.send(2, { token, intents: 129, properties }),
    ],
    [
      4008,
      'more than 120 messages a minute',
      (socket) => Array.from({ length: 121 }, () => socket.send(3, null)),
    ],
  ];

  test.each(late)('with %i for %s once signed in', async (code, _, act) => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket } = await signIn(demo);
    act(socket, demo);
    expect(await socket.closed).toBe(code);
  });

  test('with 4009 when heartbeats stop', async () => {
    await using demo = await startDemoServer({ speakers: 0, timing });
    const { socket } = await signIn(demo);
    expect(await socket.closed).toBe(4009);
  });

  test('with 4009 when its network is silent, without waiting for an answer', async () => {
    await using demo = await startDemoServer({ speakers: 0, timing });
    const { main } = await join(demo);
    demo.network.fail('silent', ['main']);
    await vi.waitFor(() => expect(demo.gateway.sessions.size).toBe(0), 10_000);
    const seat = demo.setting.world.voiceState(demo.guildId, demo.setting.bot.userId);
    expect(seat?.channelId ?? null).toBeNull();
    demo.network.heal();
    expect(await main.closed).toBe(4009);
  });
});

describe('demo main gateway', () => {
  test('sends guilds with their voice states, without channels that the bot may not view', async () => {
    await using demo = await startDemoServer({ speakers: 3 });
    const { socket } = await signIn(demo);
    const guild = JSON.stringify(socket.received.find((one) => one.t === 'GUILD_CREATE')?.d);
    expect(guild).toContain('"Maya"');
    expect(guild).toContain('___hidden___');
    expect(guild).not.toContain('Backstage');
  });

  test('replays missed events to a session that resumes', async () => {
    await using demo = await startDemoServer({ speakers: 1 });
    const { socket, sessionId } = await signIn(demo);
    const seq = socket.received.at(-1)?.s ?? 0;
    demo.control.cutMain();
    expect(await socket.closed).toBe(1006);
    const [maya] = demo.setting.world.inVoice(demo.setting.channels.voice);
    demo.people.rename(maya?.userId ?? '', 'Maya at the mixer');
    demo.people.leave(maya?.userId ?? '');

    const again = await openMain(demo);
    again.send(6, { token: demo.token, session_id: sessionId, seq });
    await again.event('RESUMED');
    const replayed = again.received.filter((one) => one.op === 0);
    expect(replayed.map((one) => one.t)).toEqual([
      'VOICE_STATE_UPDATE',
      'VOICE_STATE_UPDATE',
      'RESUMED',
    ]);
    expect(replayed.map((one) => one.s)).toEqual([seq + 1, seq + 2, seq + 3]);
  });

  test('refuses to resume an unknown session, and a sequence number that it has not sent', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket, sessionId } = await signIn(demo);
    const unknown = await openMain(demo);
    unknown.send(6, { token: demo.token, session_id: 'none', seq: 1 });
    expect((await unknown.op(9)).d).toBe(false);
    demo.control.cutMain();
    await socket.closed;
    const eager = await openMain(demo);
    eager.send(6, { token: demo.token, session_id: sessionId, seq: 999 });
    expect(await eager.closed).toBe(4007);
  });

  test('does not answer a join that is not allowed, nor a second one to the same channel', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { main } = await join(demo);
    const { locked, full, hidden, text, voice } = demo.setting.channels;
    const flags = { guild_id: demo.guildId, self_mute: false, self_deaf: false };
    const before = main.received.length;
    for (const { id } of [locked, full, hidden, text, voice]) {
      main.send(4, { ...flags, channel_id: id });
    }
    main.send(1, null);
    await main.op(11); // op 1's answer: everything before it was handled
    expect(main.received.slice(before).filter((one) => one.t === 'VOICE_SERVER_UPDATE')).toEqual(
      [],
    );
    expect(demo.setting.world.voiceState(demo.guildId, demo.setting.bot.userId)?.channelId).toBe(
      voice.id,
    );
  });

  test('the two events of a join come in either order', async () => {
    const orders = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      await using demo = await startDemoServer({ speakers: 0, seed });
      const { main } = await join(demo);
      if (!main.received.some((one) => one.t === 'VOICE_STATE_UPDATE')) {
        await main.event('VOICE_STATE_UPDATE');
      }
      const events = main.received.flatMap((one) => (one.t?.startsWith('VOICE') ? one.t : []));
      orders.add(events.join(' '));
    }
    expect(orders.size).toBe(2);
  });

  test('two bots are told of each other’s joins and leaves', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { socket: first } = await signIn(demo);
    const { main: second } = await join(demo, { token: demo.otherToken });
    const comes = await first.event('VOICE_STATE_UPDATE');
    expect(comes.d).toMatchObject({
      user_id: demo.setting.otherBot.userId,
      channel_id: demo.channelId,
      member: { user: { bot: true } },
    });
    await second.close(1000); // a close with 1000: offline, and out of voice
    expect((await first.event('VOICE_STATE_UPDATE')).d).toMatchObject({ channel_id: null });
  });
});
