import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { parseRtpPacket } from '../../main/rtp/rtp-packet.ts';
import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { TRANSPORT_MODES } from '../../main/rtp/transport-modes.ts';
import { ExternalSender } from '../../main/dave/external-sender.ts';
import { DaveyMember } from '../support/davey-member.ts';
import { enterCall, heardPackets, readyShape } from '../support/demo-call.ts';
import type { DemoCall } from '../support/demo-call.ts';
import { RawSocket, RawUdp, join, nested, openVoice } from '../support/raw-client.ts';
import type { Joined } from '../support/raw-client.ts';

const MODE = 'aead_aes256_gcm_rtpsize';

/** Opened payloads of the RTP packets received so far, as hex. */
function heard(call: DemoCall): string[] {
  const packets = heardPackets(call, call.udp.received);
  return packets.map(({ payload }) => Buffer.from(payload).toString('hex'));
}

describe('demo voice gateway closes on a client’s fault', () => {
  type Identify = Joined['identify'];
  const wrong: [code: number, what: string, (identify: Identify) => [op: number, d: unknown]][] = [
    [4002, 'an Identify without a token', (d) => [0, { ...d, token: undefined }]],
    [4003, 'Select Protocol before Identify', () => [1, {}]],
    [4004, 'the wrong token', (d) => [0, { ...d, token: 'x' }]],
    [4006, 'the wrong session', (d) => [0, { ...d, session_id: 'x' }]],
    [4006, 'a Resume of nothing', (d) => [7, { ...d, seq_ack: -1 }]],
    [4002, 'a Resume without seq_ack', (d) => [7, d]],
    [4002, 'a heartbeat without seq_ack', () => [3, { t: 1 }]],
    [4011, 'a server that does not exist', (d) => [0, { ...d, server_id: '1' }]],
  ];

  test.each(wrong)('with %i for %s', async (code, _, make) => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { endpoint, identify } = await join(demo);
    const voice = await openVoice(endpoint);
    voice.send(...make(identify));
    expect(await voice.closed).toBe(code);
  });

  const late: [code: number, what: string, (voice: RawSocket, identify: Identify) => void][] = [
    [4001, 'an unknown opcode', (voice) => voice.send(77, null)],
    [4001, 'an unknown binary opcode', (voice) => voice.sendText(Buffer.of(99))],
    [4002, 'what is not JSON', (voice) => voice.sendText('{')],
    [4002, 'JSON nested more than 64 deep', (voice) => voice.send(12, nested(64))],
    [4005, 'a second Identify', (voice, identify) => voice.send(0, identify)],
    [
      4012,
      'another protocol than udp',
      (voice) => voice.send(1, { protocol: 'webrtc', data: { address: 'x', port: 1, mode: MODE } }),
    ],
    [
      4016,
      'a mode that was not offered',
      (voice) =>
        voice.send(1, {
          protocol: 'udp',
          data: { address: 'x', port: 1, mode: 'xsalsa20_poly1305' },
        }),
    ],
    [
      4020,
      'Speaking with another’s SSRC',
      (voice) => voice.send(5, { speaking: 1, delay: 0, ssrc: 0 }),
    ],
  ];

  test.each(late)('with %i for %s once identified', async (code, _, act) => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { endpoint, identify } = await join(demo);
    const voice = await openVoice(endpoint);
    voice.send(0, identify);
    await voice.op(2);
    act(voice, identify);
    expect(await voice.closed).toBe(code);
  });

  const strangers = new ExternalSender('1').packageBody();
  const encrypted: [code: number, what: string, (voice: RawSocket) => void][] = [
    [4002, 'a key package that is none', (voice) => voice.sendText(Buffer.of(26, 1, 2, 3))],
    [4002, 'a commit that is none', (voice) => voice.sendText(Buffer.of(28, ...strangers))],
    [
      4020,
      'somebody else’s key package',
      (voice) => {
        const { keyPackage } = new DaveyMember('80351110224678912', '1');
        voice.sendText(Buffer.concat([Buffer.of(26), keyPackage]));
      },
    ],
    [4002, 'Transition Ready for no transition', (voice) => voice.send(23, { transition_id: 'x' })],
    [4002, 'Invalid Commit Welcome without a payload', (voice) => voice.send(31, null)],
  ];

  test.each(encrypted)('with %i for %s in an encrypted call', async (code, _, act) => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { voice } = await enterCall(
      await join(demo, { channelId: demo.setting.channels.voice.id }),
      MODE,
    );
    act(voice);
    expect(await voice.closed).toBe(code);
  });

  test('with 4012 for a version below 4, with 4017 for no end-to-end encryption in a normal channel', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { endpoint, identify } = await join(demo, { channelId: demo.setting.channels.voice.id });
    expect(await new RawSocket(`ws://${endpoint}/?v=3`).closed).toBe(4012);
    for (const offered of [0, undefined]) {
      const voice = await openVoice(endpoint);
      voice.send(0, { ...identify, max_dave_protocol_version: offered });
      expect(await voice.closed).toBe(4017);
    }
  });

  test('with 4006 when it identifies again instead of resuming', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const joined = await join(demo);
    const { voice } = await enterCall(joined, MODE);
    demo.control.cutVoice();
    expect(await voice.closed).toBe(1006);
    const again = await openVoice(joined.endpoint);
    again.send(0, joined.identify);
    expect(await again.closed).toBe(4006);
  });

  test('with 4014 when it is kicked, leaves or loses its main session', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const joined = await join(demo);
    const { voice } = await enterCall(joined, MODE);
    demo.control.kick();
    expect(await voice.closed).toBe(4014);
    const state = await joined.main.next(({ t, d }) => {
      return t === 'VOICE_STATE_UPDATE' && JSON.stringify(d).includes('"channel_id":null');
    });
    expect(state.d).toMatchObject({ user_id: demo.setting.bot.userId });
  });
});

describe('demo voice gateway', () => {
  test('answers wss on the port of ws', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const { endpoint } = await join(demo);
    const socket = new RawSocket(`wss://${endpoint}/?v=8`, { ca: readFileSync(demo.caFile) });
    expect((await socket.op(8)).d).toMatchObject({ v: 8, heartbeat_interval: 13_750 });
  });

  test('replays exactly the missed messages to a client that resumes', async () => {
    await using demo = await startDemoServer({ scenario: 'stage', speakers: 2 });
    const joined = await join(demo);
    const { voice } = await enterCall(joined, MODE);
    await voice.next((one) => one.seq === 5); // two names, two clients' flags and platforms, one list
    const numbers = voice.received.flatMap((one) => one.seq ?? []);
    expect(numbers.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    demo.control.cutVoice();
    await voice.closed;
    const newcomer = demo.people.add(demo.setting.channels.stage);

    const again = await openVoice(joined.endpoint);
    again.send(7, { ...joined.identify, seq_ack: 4 });
    await again.op(9);
    const replayed = again.received.filter((one) => one.seq !== undefined);
    expect(replayed[0]).toEqual(voice.received.find((one) => one.seq === 5));
    expect(JSON.stringify(replayed)).toContain(newcomer);
    expect(replayed.map((one) => one.seq)).toEqual(replayed.map((_, index) => 5 + index));
  });

  test('names come after the first packets in the scenario of that name', async () => {
    const scenario = { ...SCENARIOS['late-names'], talks: 'stage', namesDelayMs: 2000 } as const;
    await using demo = await startDemoServer({ scenario });
    const call = await enterCall(await join(demo), MODE);
    await call.udp.until(() => heard(call).length > 0);
    expect(call.voice.received.filter(({ op }) => op === 5)).toEqual([]);
    expect((await call.voice.op(5)).d).toMatchObject({ speaking: 1 });
  });
});

describe('demo media', () => {
  test.each(TRANSPORT_MODES)('every speaker’s packets arrive unchanged in %s', async (mode) => {
    const scenario = { ...SCENARIOS.stage, modes: [mode] };
    await using demo = await startDemoServer({ scenario, speakers: 1 });
    const call = await enterCall(await join(demo), mode);
    await call.udp.until(() => heard(call).length >= 30);
    const said = loadSpeech('maya').packets.map((one) => Buffer.from(one).toString('hex'));
    const from = said.indexOf(heard(call)[0] ?? '');
    expect(heard(call).slice(0, 30)).toEqual(said.slice(from, from + 30));
  });

  test('discovery of the old 70-byte form is not answered, and without discovery nothing is sent', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const joined = await join(demo);
    const voice = await openVoice(joined.endpoint);
    voice.send(0, joined.identify);
    const { ssrc, port } = readyShape.parse((await voice.op(2)).d);
    await using udp = new RawUdp(port);
    const old = Buffer.alloc(70);
    old.writeUInt32BE(ssrc);
    await udp.send(old);
    demo.media.discoveriesToDrop = 1;
    const request = Buffer.alloc(74);
    request.writeUInt32BE(0x0001_0046);
    request.writeUInt32BE(ssrc, 4);
    await udp.send(request);
    const answer = await udp.discover(ssrc);
    expect(udp.received).toHaveLength(1);
    expect(answer.toString('latin1', 8, 17)).toBe('127.0.0.1');
    expect(answer.readUInt16BE(72)).toBe(udp.port);
  });

  test('a keepalive of the official form is echoed, and one bot’s packets reach the other', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const one = await enterCall(await join(demo), MODE);
    const other = await enterCall(await join(demo, { token: demo.otherToken }), MODE);
    await one.udp.send(Buffer.from('1337cafe00000007', 'hex'));
    await one.udp.until((all) => all.some((each) => each.toString('hex') === '1337f00d00000007'));

    one.voice.send(5, { speaking: 1, delay: 0, ssrc: one.ssrc });
    const named = await other.voice.next(
      ({ op, d }) => op === 5 && JSON.stringify(d).includes(String(one.ssrc)),
    );
    expect(named.d).toMatchObject({ user_id: demo.setting.bot.userId });
    const [packet] = loadSpeech('theo').packets;
    const [sequence, timestamp] = [65535, toRtpTimestamp(960)];
    const fields = { sequence, timestamp, ssrc: one.ssrc };
    await one.udp.send(one.cipher.seal(fields, packet ?? new Uint8Array(0)));
    await other.udp.until(() => heard(other).length > 0);
    expect(heard(other)).toEqual([Buffer.from(packet ?? []).toString('hex')]);
    expect(parseRtpPacket(other.udp.received.at(-1) ?? Buffer.alloc(0))).toMatchObject(fields);
  });

  test('behind a NAT nothing is heard before op 5 and a datagram, and only keepalives are echoed', async () => {
    const scenario = { ...SCENARIOS.nat, talks: 'stage' } as const;
    await using demo = await startDemoServer({ scenario, speakers: 1 });
    const call = await enterCall(await join(demo), MODE);
    const session = demo.voice.sessionOf(demo.setting.bot.userId);
    expect(session?.told).toEqual({ address: '203.0.113.7', port: call.udp.port + 1 });
    expect(demo.media.hasReceivers).toBe(false); // Select Protocol named the socket's own address
    const { voice, udp, ssrc } = call;
    const told = { address: '203.0.113.7', port: udp.port + 1, mode: MODE };
    voice.send(1, { protocol: 'udp', data: told });
    await voice.op(4);
    for (const alien of ['0000000000000001', '1337cafe0000000700']) {
      await udp.send(Buffer.from(alien, 'hex'));
    }
    expect(demo.media.hasReceivers).toBe(false);
    voice.send(5, { speaking: 0, delay: 0, ssrc });
    await udp.send(Buffer.from('1337cafe00000007', 'hex'));
    await udp.until((all) => all.some((one) => one.byteLength > 74));
    const echoes = udp.received.filter((one) => one.toString('hex').startsWith('1337'));
    expect(echoes.map((one) => one.toString('hex'))).toEqual(['1337f00d00000007']);
  });

  test('a client that sends nothing for the time limit is sent nothing more', async () => {
    await using demo = await startDemoServer({
      scenario: 'stage',
      timing: { keepaliveLimitMs: 1500 },
    });
    const call = await enterCall(await join(demo), MODE);
    await call.udp.until(() => heard(call).length > 0);
    await vi.waitFor(() => expect(demo.media.hasReceivers).toBe(false), 5000);
    demo.flushLog();
    const lines = readFileSync(demo.sentLog, 'utf8').trim().split('\n');
    expect(lines.filter((line) => line.includes('"packet"')).length).toBe(heard(call).length);
  });
});
