import { createDecipheriv } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ExternalSender } from '../../main/dave/external-sender.ts';
import { MlsMember } from '../../main/dave/mls-backend.ts';
import { appendProposals, parseCommitWelcome, parseKeyPackage } from '../../main/dave/mls-wire.ts';
import { CREDENTIALS, listen, openVoice } from '../support/voice-client.ts';
import { FAKE_KEY, FAKE_SSRC, FakeVoiceServer } from '../support/fake-voice-server.ts';

const isSilence = (bytes: Buffer) => bytes.length > 12 && bytes.readUInt16BE(0) === 0x8078;

describe('voice handshake', () => {
  test('identifies, discovers its address, selects a mode, sends Speaking 0, in this order', async () => {
    await using server = await FakeVoiceServer.start();
    await using voice = await openVoice(server, { maxDaveVersion: 1 });
    await server.message(5);

    expect(server.paths).toEqual(['/?v=8']);
    expect(server.messages.map(({ op, d }) => ({ op, d }))).toEqual([
      {
        op: 0,
        d: {
          server_id: CREDENTIALS.guildId,
          user_id: CREDENTIALS.userId,
          session_id: CREDENTIALS.sessionId,
          token: CREDENTIALS.token,
          max_dave_protocol_version: 1,
        },
      },
      {
        op: 1,
        d: {
          protocol: 'udp',
          data: {
            address: server.client.address,
            port: server.client.port,
            mode: 'aead_xchacha20_poly1305_rtpsize',
          },
        },
      },
      { op: 5, d: { speaking: 0, delay: 0, ssrc: FAKE_SSRC } },
    ]);
    expect(voice.ssrc).toBe(FAKE_SSRC);
    expect(voice.modeName).toBe('aead_xchacha20_poly1305_rtpsize');
    expect(voice.cipher.mode).toBe(voice.modeName);
  });

  const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  );
  test.runIf(hasIPv6)('talks UDP over IPv6 where the server’s address is one', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({ udpAddress: '::1' });
    await using voice = await openVoice(server, { heard });
    expect((await server.message(1)).d).toMatchObject({ data: { address: '::1' } });
    await server.until(() => server.datagrams.length >= 7); // discovery, silence, keepalive
    server.sendDatagram(Buffer.from('8078000100000002000000030405', 'hex'));
    await heard.until(() => heard.datagrams.length > 0);
    expect(voice.echo.sentCount).toBe(1);
  });

  test.each(['::ffff:127.0.0.1', '::FFFF:7f00:1'])('takes %s for IPv4', async (udpAddress) => {
    await using server = await FakeVoiceServer.start({ udpAddress });
    await using voice = await openVoice(server);
    expect((await server.message(1)).d).toMatchObject({ data: { address: '127.0.0.1' } });
    expect(voice.ssrc).toBe(FAKE_SSRC);
  });

  test('is followed by five silence frames that Node’s AES-GCM opens, then a keepalive', async () => {
    await using server = await FakeVoiceServer.start({ modes: ['aead_aes256_gcm_rtpsize'] });
    await using voice = await openVoice(server);
    await server.until(() => server.datagrams.length >= 7);

    const [discovery, ...rest] = server.datagrams.map(({ bytes }) => bytes);
    expect(discovery?.toString('hex', 0, 8)).toBe('0001004600c0ffee');
    const frames = rest.slice(0, 5);
    expect(frames.map(openGcm)).toEqual(Array.from({ length: 5 }, () => 'f8fffe'));
    const steps = frames.map((frame, index) => ({
      sequence: (frame.readUInt16BE(2) - (frames[0]?.readUInt16BE(2) ?? 0)) & 0xffff,
      samples: (frame.readUInt32BE(4) - (frames[0]?.readUInt32BE(4) ?? 0)) >>> 0,
      ssrc: frame.readUInt32BE(8),
      index,
    }));
    expect(steps).toEqual(
      [0, 1, 2, 3, 4].map((index) => ({
        sequence: index,
        samples: 960 * index,
        ssrc: FAKE_SSRC,
        index,
      })),
    );
    expect(rest[5]?.toString('hex')).toBe('1337cafe00000000');
    expect(voice.echo.sentCount).toBe(1);
  });

  test('keeps messages that come early: names, joins, keys of end-to-end encryption', async () => {
    const heard = listen();
    const sender = new ExternalSender(CREDENTIALS.channelId);
    await using server = await FakeVoiceServer.start({
      daveVersion: 1,
      onMessage(message, fake) {
        if (message.op === 0) {
          fake.sendJson(11, { user_ids: ['7', '8'] });
          fake.sendJson(5, { speaking: 1, ssrc: 70, user_id: '7' });
        }
        if (message.op === 1) {
          fake.sendBinary(25, sender.packageBody());
          fake.sendJson(12, { user_id: '8', audio_ssrc: 80, video_ssrc: 0 });
          fake.sendJson(13, { user_id: '8' });
        }
        return false;
      },
    });
    await using voice = await openVoice(server, { heard, maxDaveVersion: 1 });
    expect(heard.calls.filter((call) => !call.startsWith('e2ee'))).toEqual([
      'speaking 70 7',
      'speaking 80 8',
      'left 8',
    ]);
    expect(voice.daveVersion).toBe(1);
    expect(voice.dave.members).toEqual(['7']);
    const { d: keyPackage } = await server.message(26);
    expect(parseKeyPackage(bytesOf(keyPackage))).toMatchObject({
      isValid: true,
      userId: CREDENTIALS.userId,
    });

    // A commit to the proposal of the external sender that was named early, for somebody named early.
    const seven = new MlsMember({ version: 1, userId: '7', channelId: CREDENTIALS.channelId });
    const add = sender.add(0, seven.makeKeyPackage());
    server.sendBinary(27, appendProposals([add]));
    const { d: answer } = await server.message(28);
    expect(parseCommitWelcome(bytesOf(answer))?.refs).toEqual([add.ref]);
  });

  test('repeats discovery when a request is lost, and takes media that comes first', async () => {
    const heard = listen();
    await using server = await FakeVoiceServer.start({
      ignoredDiscoveries: 1,
      beforeDiscovery(from, fake) {
        fake.sendDatagram(Buffer.from('80780001000003c000003039aabbcc', 'hex'), from);
        const wrongSsrc = Buffer.alloc(74);
        wrongSsrc.write('0002004600c0ffef', 'hex');
        wrongSsrc.write('9.9.9.9', 8, 'latin1');
        wrongSsrc.writeUInt16BE(9, 72);
        fake.sendDatagram(wrongSsrc, from);
      },
    });
    await using voice = await openVoice(server, { heard });

    expect(server.datagrams.filter(({ bytes }) => bytes.length === 74)).toHaveLength(2);
    expect(heard.datagrams.map(({ hex }) => hex)).toEqual(['80780001000003c000003039aabbcc']);
    const select = await server.message(1);
    expect(select.d).toMatchObject({ data: { address: '127.0.0.1' } });
    expect(voice.ssrc).toBe(FAKE_SSRC);
  });

  test('succeeds with a server that offers only a retired mode', async () => {
    await using server = await FakeVoiceServer.start({ modes: ['xsalsa20_poly1305', 'plain'] });
    await using voice = await openVoice(server);
    await server.until(() => server.datagrams.some(({ bytes }) => isSilence(bytes)));
    expect(voice.modeName).toBe('xsalsa20_poly1305');
  });

  test('uses the mode that the server describes when it is not the one selected', async () => {
    await using server = await FakeVoiceServer.start({ describedMode: 'aead_aes256_gcm_rtpsize' });
    await using voice = await openVoice(server);
    expect(voice.modeName).toBe('aead_aes256_gcm_rtpsize');
    await server.until(() => server.datagrams.filter(({ bytes }) => isSilence(bytes)).length === 5);
    expect(
      server.datagrams
        .map(({ bytes }) => bytes)
        .filter(isSilence)
        .map(openGcm),
    ).toContain('f8fffe');
  });

  test('tries the other mode once when the server refuses the one it offered', async () => {
    await using server = await FakeVoiceServer.start({
      onMessage(message, fake) {
        if (message.op !== 1 || message.connection !== 1) return false;
        fake.closeSocket(4016, 'Unknown encryption mode');
        return true;
      },
    });
    await using voice = await openVoice(server);
    expect(voice.modeName).toBe('aead_aes256_gcm_rtpsize');
    expect(server.paths).toHaveLength(2);
  });
});

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return expect.fail('not a binary message');
}

/** Opens a packet of aead_aes256_gcm_rtpsize without an extension by Node's own cipher; the payload in hex. */
function openGcm(packet: Buffer): string {
  const nonce = Buffer.concat([packet.subarray(-4), Buffer.alloc(8)]);
  const decipher = createDecipheriv('aes-256-gcm', FAKE_KEY, nonce);
  decipher.setAAD(packet.subarray(0, 12));
  decipher.setAuthTag(packet.subarray(-20, -4));
  return decipher.update(packet.subarray(12, -20), undefined, 'hex') + decipher.final('hex');
}
