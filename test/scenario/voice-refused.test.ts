import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../main/base/log.ts';
import { systemClock } from '../../main/base/clock.ts';
import { VoiceConnection } from '../../main/voice/voice-connection.ts';
import {
  CREDENTIALS,
  socketsAfterClose,
  listen,
  openSockets,
  openVoice,
  NOBODY,
} from '../support/voice-client.ts';
import { FakeVoiceServer } from '../support/fake-voice-server.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('a voice connection that cannot be opened', () => {
  test.each([
    [4017, 'e2ee-required', 'stop'],
    [4004, 'authentication', 'rejoin-once'],
    [4006, 'session-invalid', 'rejoin'],
    [4011, 'server-not-found', 'rejoin'],
    [4014, 'disconnected', 'await-server'],
    [4021, 'rate-limited', 'stop'],
    [4022, 'call-ended', 'await-server'],
    [4002, 'protocol', 'rejoin-once'],
    [4015, 'unreachable', 'rejoin'],
    [1001, 'unreachable', 'rejoin'],
  ])(
    'because of close code %i rejects with "%s", and does not call onClosed too',
    async (code, reason, remedy) => {
      const heard = listen();
      await using server = await FakeVoiceServer.start({
        onMessage(message, fake) {
          if (message.op === 0) fake.closeSocket(code, 'no');
          return message.op === 0;
        },
      });
      await expect(openVoice(server, { heard })).rejects.toMatchObject({
        name: 'VoiceError',
        reason,
        remedy,
        closeCode: code,
      });
      expect(heard.calls).toEqual([]);
    },
  );

  test('because the socket breaks during discovery rejects at once', async () => {
    await using server = await FakeVoiceServer.start({ ignoredDiscoveries: 1_000 });
    const refused = failureOf(openVoice(server));
    await server.until(() => server.datagrams.length > 0);
    server.cutSocket();
    expect(await refused).toMatchObject({ reason: 'unreachable', closeCode: 1006 });
  });

  test('because a step of the handshake cannot be read says so at once', async () => {
    await using server = await FakeVoiceServer.start({ udpAddress: 'voice.example' });
    await expect(openVoice(server)).rejects.toMatchObject({ reason: 'protocol' });
  });

  test('because nothing is reached by IPv6 says so', async () => {
    await using server = await FakeVoiceServer.start({ udpAddress: '2001:db8::7' });
    await expect(openVoice(server)).rejects.toMatchObject({ reason: 'ipv6-unreachable' });
  });

  test('because nothing listens is unreachable', async () => {
    await using server = await FakeVoiceServer.start();
    const { endpoint } = server;
    await server.close();
    await expect(openAt(endpoint)).rejects.toMatchObject({
      reason: 'unreachable',
      closeCode: null,
    });
  });

  test('because the endpoint is no address is unreachable', async () => {
    await expect(openAt('not an address')).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('because the server offers no mode of ours says so', async () => {
    await using server = await FakeVoiceServer.start({ modes: ['rot13'] });
    await expect(openVoice(server)).rejects.toMatchObject({ reason: 'no-transport-mode' });
  });

  test('because the server describes a mode that we do not know says so', async () => {
    await using server = await FakeVoiceServer.start({ describedMode: 'rot13' });
    await expect(openVoice(server)).rejects.toMatchObject({ reason: 'protocol' });
  });

  test('because every mode offered is refused says so, after two tries', async () => {
    await using server = await FakeVoiceServer.start({
      onMessage(message, fake) {
        if (message.op === 1) fake.closeSocket(4016);
        return message.op === 1;
      },
    });
    await expect(openVoice(server)).rejects.toMatchObject({
      reason: 'no-transport-mode',
      closeCode: 4016,
      remedy: 'stop',
    });
    expect(server.paths).toHaveLength(2);
  });

  test('because UDP is blocked says so after 5 s', async () => {
    await using server = await FakeVoiceServer.start({ ignoredDiscoveries: 1_000 });
    fakeTimers();
    const refused = failureOf(openVoice(server));
    await server.until(() => server.datagrams.length > 0);
    vi.advanceTimersByTime(5_000);
    expect(await refused).toMatchObject({ reason: 'udp-unanswered' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('because Hello does not come is unreachable after 10 s', async () => {
    await using server = await FakeVoiceServer.start({ silentFrom: 1 });
    fakeTimers();
    const refused = failureOf(openVoice(server));
    await server.until(() => server.paths.length > 0);
    vi.advanceTimersByTime(10_000);
    expect(await refused).toMatchObject({ reason: 'unreachable' });
    expect(server.messages).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('because a message never comes is unreachable after 20 s', async () => {
    await using server = await FakeVoiceServer.start({ onMessage: ({ op }) => op === 1 });
    fakeTimers();
    const refused = failureOf(openVoice(server));
    await server.message(1);
    vi.advanceTimersByTime(20_000);
    expect(await refused).toMatchObject({ reason: 'unreachable' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('because the caller gave up fails with the caller’s reason and leaves nothing open', async () => {
    const before = openSockets();
    fakeTimers();
    const server = await FakeVoiceServer.start({ onMessage: ({ op }) => op === 1 });
    const cancel = new AbortController();
    const given = failureOf(openVoice(server, {}, cancel.signal));
    await server.message(1);
    cancel.abort(new Error('enough'));
    expect(await given).toMatchObject({ message: 'enough' });
    await server.close();
    expect(await socketsAfterClose(before)).toEqual(before);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('because the server sends nothing ends when the caller gives up', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const address = mute.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const cancel = new AbortController();
    const given = failureOf(openAt(`127.0.0.1:${String(address.port)}`, cancel.signal));
    await once(mute, 'connection');
    cancel.abort(new Error('enough'));
    expect(await given).toMatchObject({ message: 'enough' });
    mute.close();
  });
});

function openAt(endpoint: string, signal = new AbortController().signal): Promise<VoiceConnection> {
  const { media, control } = listen();
  return VoiceConnection.open(
    {
      server: { ...CREDENTIALS, endpoint, scheme: 'ws' },
      maxDaveVersion: 0,
      people: NOBODY,
      log: silentLog,
      clock: systemClock,
      media,
      control,
    },
    signal,
  );
}

/** The error with which it rejects; handled from the start, so that it may reject at any time. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('did not fail'),
    (error: unknown) => error,
  );
}

function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
}
