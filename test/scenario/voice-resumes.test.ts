import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ExternalSender } from '../../main/dave/external-sender.ts';
import { CREDENTIALS, listen, openVoice } from '../support/voice-client.ts';
import { FAKE_SSRC, FakeVoiceServer } from '../support/fake-voice-server.ts';
import { FastTime } from '../support/fast-time.ts';

const RTP = (last: number) =>
  Buffer.from([0x80, 0x78, 0, 1, 0, 0, 3, 0xc0, 0, 0, 0x30, 0x39, last]);

afterEach(() => {
  vi.useRealTimers();
});

describe('a voice connection whose WebSocket breaks', () => {
  test.each([
    ['is cut', (server: FakeVoiceServer) => server.cutSocket()],
    ['is closed with 1000', (server: FakeVoiceServer) => server.closeSocket(1000)],
    ['is closed with 1001', (server: FakeVoiceServer) => server.closeSocket(1001)],
    ['is closed with 4015', (server: FakeVoiceServer) => server.closeSocket(4015)],
    ['is closed with 4013', (server: FakeVoiceServer) => server.closeSocket(4013)],
  ])('and %s resumes by sequence number, with UDP, keys and SSRC kept', async (_, breakIt) => {
    const heard = listen();
    await using server = await FakeVoiceServer.start();
    await using voice = await openVoice(server, { heard });
    const { cipher } = voice;
    const { port } = server.client;
    server.sendJson(5, { speaking: 1, ssrc: 70, user_id: '7' }, 77);
    await heard.until(() => heard.calls.includes('speaking 70 7'));
    breakIt(server);
    await heard.until(() => heard.calls.includes('resumed'));

    expect((await server.message(7)).d).toEqual({
      server_id: CREDENTIALS.guildId,
      session_id: CREDENTIALS.sessionId,
      token: CREDENTIALS.token,
      seq_ack: 77,
    });
    expect(server.paths).toEqual(['/?v=8', '/?v=8']);
    expect(server.messages.filter(({ op }) => op === 0 || op === 1)).toHaveLength(2);
    expect(voice.cipher).toBe(cipher);
    expect(voice.ssrc).toBe(FAKE_SSRC);
    server.sendDatagram(RTP(9));
    await heard.until(() => heard.datagrams.length > 0);
    voice.sendOpus(Uint8Array.of(0xf8, 0xff, 0xfe), 960);
    const last = await server.until(() => server.datagrams[7]);
    expect(last.from.port).toBe(port);
    expect(heard.calls).toEqual(['speaking 70 7', 'resuming', 'resumed']);
  });

  test('receives datagrams while it resumes, and handles what the server replays, binary messages too', async () => {
    const heard = listen();
    const sender = new ExternalSender(CREDENTIALS.channelId);
    await using server = await FakeVoiceServer.start({
      daveVersion: 1,
      firstSeq: 0xfff0,
      onMessage(message, fake) {
        if (message.op !== 7) return false;
        fake.sendDatagram(RTP(1));
        void heard
          .until(() => heard.datagrams.length > 0)
          .then(() => {
            fake.sendBinary(25, sender.packageBody(), 0xffff);
            fake.sendJson(21, { transition_id: 4, protocol_version: 0 }, 0);
            fake.sendJson(9, null, null);
          });
        return true;
      },
    });
    await using voice = await openVoice(server, { heard, maxDaveVersion: 1 });
    server.sendJson(11, { user_ids: ['7'] }, 0xfffd);
    server.sendJson(5, { speaking: 1, ssrc: 70, user_id: '7' }, 0xfffe);
    await heard.until(() => heard.calls.includes('speaking 70 7'));
    server.cutSocket();
    await heard.until(() => heard.calls.includes('resuming'));
    voice.sendDave({ kind: 'commit-welcome', body: Uint8Array.of(6, 7) });
    await heard.until(() => heard.calls.includes('resumed'));

    expect((await server.message(7)).d).toMatchObject({ seq_ack: 0xfffe });
    // What was queued while there was no socket, and the answer to what the server replayed.
    const commit = await server.message(28);
    expect(commit).toMatchObject({ d: Buffer.of(6, 7), binary: true, connection: 2 });
    const ready = await server.message(23);
    expect(ready).toMatchObject({ d: { transition_id: 4 }, binary: false, connection: 2 });
  });

  test('because the server stops answering heartbeats is cut and resumed', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({
      heartbeatIntervalMs: 30,
      onMessage: ({ op, connection }) => op === 3 && connection === 1,
    });
    await using voice = await openVoice(server, { heard });
    await heard.until(() => heard.calls.includes('resumed'));
    await server.message(3, 2);

    expect(
      server.messages.filter(({ op, connection }) => op === 3 && connection === 1),
    ).toHaveLength(2);
    expect(voice.ssrc).toBe(FAKE_SSRC);
  });

  test('resumes again after it resumed', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start();
    await using voice = await openVoice(server, { heard });
    for (let count = 1; count <= 3; count += 1) {
      server.cutSocket();
      await heard.until(() => heard.calls.filter((call) => call === 'resumed').length === count);
    }
    voice.setSpeaking('microphone');
    const speaking = await server.message(5, 4);
    expect(speaking.d).toEqual({ speaking: 1, delay: 0, ssrc: FAKE_SSRC });
  });

  test('ends as "session-invalid" after three tries that fail', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({
      onMessage(message, fake) {
        if (message.op === 7) fake.cutSocket();
        return message.op === 7;
      },
    });
    await using voice = await openVoice(server, { heard });
    server.cutSocket();
    const error = await heard.until(() => heard.errors[0]);

    expect(error).toMatchObject({ reason: 'session-invalid', remedy: 'rejoin', closeCode: null });
    expect(server.messages.filter(({ op }) => op === 7)).toHaveLength(3);
    expect(heard.calls).toEqual(['resuming', 'closed session-invalid']);
    expect(voice.ssrc).toBe(FAKE_SSRC);
  });

  test('ends as "session-invalid" when the socket breaks right after each resume', async () => {
    using time = new FastTime();
    const heard = listen();
    await using server = await FakeVoiceServer.start({
      onMessage(message, fake) {
        if (message.op !== 7) return false;
        fake.sendJson(9, null, null);
        void heard
          .until(() => heard.calls.filter((call) => call === 'resumed').length === resumes())
          .then(() => fake.cutSocket());
        return true;
      },
    });
    const resumes = (): number => server.messages.filter(({ op }) => op === 7).length;
    await using voice = await time.during(openVoice(server, { heard }));
    const fromMs = performance.now();
    server.cutSocket();
    const error = await time.during(heard.until(() => heard.errors[0]));

    expect(error).toMatchObject({ reason: 'session-invalid', remedy: 'rejoin' });
    expect(resumes()).toBe(5);
    expect(performance.now() - fromMs).toBeGreaterThan(3_750); // the pauses add up to this much
    expect(voice.ssrc).toBe(FAKE_SSRC);
  });

  test.each([
    [4006, 'session-invalid'],
    [4009, 'session-invalid'],
    [4014, 'disconnected'],
    [4022, 'call-ended'],
  ])('ends at once when the answer to its resume is close code %i', async (code, reason) => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({
      onMessage(message, fake) {
        if (message.op === 7) fake.closeSocket(code);
        return message.op === 7;
      },
    });
    await using voice = await openVoice(server, { heard });
    server.cutSocket();
    const error = await heard.until(() => heard.errors[0]);

    expect(error).toMatchObject({ reason, closeCode: code });
    expect(server.messages.filter(({ op }) => op === 7)).toHaveLength(1);
    await voice.close();
  });

  test('ends as "session-invalid" when Hello does not come within 10 s', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({ silentFrom: 2 });
    await using voice = await openVoice(server, { heard });
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    server.cutSocket();
    await server.until(() => server.paths.length === 2);
    vi.advanceTimersByTime(10_000);
    const error = await heard.until(() => heard.errors[0]);
    expect(error.reason).toBe('session-invalid');
    expect(server.paths).toHaveLength(2);
    vi.useRealTimers();
    await voice.close();
  });
});

describe('the UDP socket of a voice connection', () => {
  test('takes datagrams of the server only, and consumes echoes and late discovery answers', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start();
    await using voice = await openVoice(server, { heard });
    await server.until(() => server.datagrams.length === 7); // the last one is the keepalive
    const stranger = createSocket('udp4');
    const { port } = server.client;
    await new Promise((resolve) => {
      stranger.send(RTP(66), port, '127.0.0.1', resolve);
    });
    stranger.close();
    server.sendDatagram(Buffer.concat([Buffer.from('0002004600c0ffee', 'hex'), Buffer.alloc(66)]));
    for (const bytes of [
      RTP(1),
      Buffer.from('81c9000700000001', 'hex'),
      Buffer.from('fafa', 'hex'),
    ])
      server.sendDatagram(bytes);
    await heard.until(() => heard.datagrams.length >= 2);

    expect(voice.echo).toMatchObject({ sentCount: 1, echoedCount: 1 });
    expect(voice.echo.roundTripMs).toBeGreaterThanOrEqual(0);
    // RTCP is a sign of life and no media.
    expect(heard.datagrams.map(({ hex, kind }) => [hex, kind])).toEqual([
      [RTP(1).toString('hex'), 'rtp'],
      ['fafa', 'unknown'],
    ]);
    expect(voice.heardAtMs).toBe(heard.datagrams.at(-1)?.arrivedAtMs);
  });
});
