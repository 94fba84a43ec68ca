import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../main/base/log.ts';
import { socketsAfterClose, listen, openSockets, openVoice } from '../support/voice-client.ts';
import { FakeVoiceServer } from '../support/fake-voice-server.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('an open voice connection', () => {
  test.each([
    [4001, 'protocol'],
    [4002, 'protocol'],
    [4003, 'protocol'],
    [4004, 'authentication'],
    [4005, 'protocol'],
    [4006, 'session-invalid'],
    [4009, 'session-invalid'],
    [4011, 'server-not-found'],
    [4012, 'protocol'],
    [4014, 'disconnected'],
    [4016, 'no-transport-mode'],
    [4017, 'e2ee-required'],
    [4020, 'protocol'],
    [4021, 'rate-limited'],
    [4022, 'call-ended'],
  ])('that is closed with %i says so once and releases everything', async (code, reason) => {
    const before = openSockets();
    fakeTimers();
    const heard = listen();
    const server = await FakeVoiceServer.start();
    const voice = await openVoice(server, { heard });
    server.closeSocket(code, 'the end');
    const error = await heard.until(() => heard.errors[0]);

    expect(error).toMatchObject({ reason, closeCode: code });
    expect(heard.calls).toEqual([`closed ${reason}`]);
    await server.close();
    expect(await socketsAfterClose(before)).toEqual(before);
    expect(vi.getTimerCount()).toBe(0);
    voice.setSpeaking('silent');
    voice.sendOpus(Uint8Array.of(0xf8, 0xff, 0xfe), 960);
    voice.sendDave({ kind: 'key-package', body: Uint8Array.of(1) });
    await voice.close();
    expect(heard.errors).toHaveLength(1);
  });

  test('closes once with 1000, however often it is asked, without an event, socket or timer left', async () => {
    const before = openSockets();
    fakeTimers();
    const heard = listen();
    const server = await FakeVoiceServer.start();
    const voice = await openVoice(server, { heard });
    await Promise.all([voice.close(), voice.close()]);
    await voice.close();
    await server.until(() => server.closeCodes.length > 0);

    expect(server.closeCodes).toEqual([1000]);
    await server.close();
    expect(await socketsAfterClose(before)).toEqual(before);
    expect(vi.getTimerCount()).toBe(0);
    expect(heard.calls).toEqual([]);
  });

  test('closed while it resumes stops at once and leaves no socket', async () => {
    const before = openSockets();
    fakeTimers();
    const heard = listen();
    const server = await FakeVoiceServer.start({ silentFrom: 2 });
    const voice = await openVoice(server, { heard });
    server.cutSocket();
    await server.until(() => server.paths.length === 2);
    await voice.close();
    await server.close();

    expect(await socketsAfterClose(before)).toEqual(before);
    expect(vi.getTimerCount()).toBe(0);
    expect(heard.calls).toEqual(['resuming']);
  });

  test('closed by a handler closes once', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start();
    const voice = await openVoice(server, {
      heard: {
        ...heard,
        control: {
          ...heard.control,
          onResuming() {
            heard.control.onResuming();
            void voice.close();
          },
        },
      },
    });
    server.cutSocket();
    await heard.until(() => heard.calls.includes('resuming'));
    await voice.close();
    expect(heard.calls).toEqual(['resuming']);
    expect(server.paths).toHaveLength(1);
  });

  test('ignores whatever arrives after close', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start();
    const voice = await openVoice(server, { heard });
    const closed = voice.close();
    server.sendJson(11, { user_ids: ['1'] });
    server.sendJson(5, { speaking: 1, ssrc: 50, user_id: '1' });
    server.sendDatagram(Buffer.from('80780001000003c00000303900', 'hex'));
    await closed;
    expect(heard.calls).toEqual([]);
    expect(heard.datagrams).toEqual([]);
  });

  test('sends heartbeats with the newest sequence number, JSON or binary, and when asked to', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({ firstSeq: 65_000 });
    await using voice = await openVoice(server, { heard });
    const beats = () => server.messages.filter(({ op }) => op === 3);
    const numbers: [number, () => void][] = [
      [65_100, () => server.sendJson(18, { user_id: '1', flags: 2 }, 65_100)], // an unused opcode
      [65_535, () => server.sendBinary(27, Uint8Array.of(0), 65_535)],
      [2, () => server.sendBinary(99, Uint8Array.of(), 2)],
      [2, () => server.sendJson(13, { user_id: '1' }, 1)], // older than the message before
      [3, () => server.sendJson(5, { ssrc: 'x' }, 3)], // malformed, but with a sequence number
    ];
    for (const [index, [, send]] of numbers.entries()) {
      send();
      server.sendJson(3, null, null);
      await server.until(() => beats().length === index + 1);
    }
    expect(beats().map(({ d }) => d)).toMatchObject(
      numbers.map(([newest]) => ({ seq_ack: newest })),
    );
    expect(beats()[0]?.d).toHaveProperty('t', expect.any(Number));
    expect(voice.daveVersion).toBe(0);
  });

  test('skips malformed frames, and logs the first of each opcode without its content', async () => {
    const lines: string[] = [];
    const heard = listen();
    await using server = await FakeVoiceServer.start();
    await using voice = await openVoice(server, {
      heard,
      log: createLog('warn', (_, line) => void lines.push(line)),
    });
    for (const text of ['', '{', 'null', '"secret"', '{"op":5,"d":{"ssrc":"secret"}}'])
      server.sendText(text);
    server.sendRaw(Uint8Array.of());
    server.sendRaw(Uint8Array.of(1, 2));
    server.sendJson(5, { speaking: 1, ssrc: 50, user_id: '5' });
    await heard.until(() => heard.calls.includes('speaking 50 5'));

    expect(heard.calls).toEqual(['speaking 50 5']);
    expect(lines.filter((line) => line.includes('cannot be read'))).toHaveLength(2); // op 5, and no op
    expect(lines.join()).not.toContain('secret');
    expect(voice.modeName).toBe('aead_xchacha20_poly1305_rtpsize');
  });
});

function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
}
