import { describe, expect, test } from 'vitest';
import {
  parseBinaryFrame,
  parseTextFrame,
  writeBinaryFrame,
} from '../../../main/voice/voice-messages.ts';

// Payloads from Discord's pages on voice connections and opcodes, with the fields that we do not use.
const KEY = Array.from({ length: 32 }, (_, index) => 255 - index);
const VALID: readonly [string, unknown, unknown][] = [
  [
    'Hello with a fractional interval',
    { op: 8, d: { v: 8, heartbeat_interval: 13_750.5 } },
    { kind: 'hello', heartbeatIntervalMs: 13_750.5 },
  ],
  [
    'Ready',
    {
      op: 2,
      d: {
        ssrc: 4_294_967_295,
        ip: '127.0.0.1',
        port: 1234,
        modes: ['aead_aes256_gcm_rtpsize'],
        heartbeat_interval: 1,
        experiments: [],
        streams: [],
      },
    },
    {
      kind: 'ready',
      ssrc: 4_294_967_295,
      address: { ip: '127.0.0.1', port: 1234 },
      modes: ['aead_aes256_gcm_rtpsize'],
    },
  ],
  [
    'Session Description',
    {
      op: 4,
      d: { mode: 'm', secret_key: KEY, dave_protocol_version: 1, audio_codec: 'opus' },
    },
    { kind: 'session-description', mode: 'm', key: Uint8Array.from(KEY), daveVersion: 1 },
  ],
  [
    'Session Description without end-to-end encryption',
    { op: 4, d: { mode: 'm', secret_key: KEY } },
    { kind: 'session-description', mode: 'm', key: Uint8Array.from(KEY), daveVersion: 0 },
  ],
  ['Resumed', { op: 9, d: null }, { kind: 'resumed' }],
  ['a heartbeat asked for', { op: 3, d: null }, { kind: 'heartbeat-asked' }],
  ['Heartbeat ACK', { op: 6, d: { t: 1_501_184_119_561 } }, { kind: 'heartbeat-ack' }],
  [
    'Speaking',
    { op: 5, d: { speaking: 5, ssrc: 1, user_id: '104694319306248192' }, seq: 3 },
    { kind: 'ssrc-named', ssrc: 1, userId: '104694319306248192' },
  ],
  [
    'Video',
    { op: 12, d: { user_id: '1', audio_ssrc: 10, video_ssrc: 0, streams: [] } },
    { kind: 'ssrc-named', ssrc: 10, userId: '1' },
  ],
  [
    'Clients Connect',
    { op: 11, d: { user_ids: ['1', '2'] } },
    { kind: 'clients-connect', userIds: ['1', '2'] },
  ],
  [
    'Speaking without an SSRC',
    { op: 5, d: { user_id: '1', speaking: 0 } },
    { kind: 'clients-connect', userIds: ['1'] },
  ],
  [
    'Speaking with an ssrc of 33 bits',
    { op: 5, d: { ssrc: 2 ** 32, user_id: '1' } },
    { kind: 'clients-connect', userIds: ['1'] },
  ],
  [
    'Video of somebody without sound',
    { op: 12, d: { user_id: '1', audio_ssrc: 0, video_ssrc: 7 } },
    { kind: 'clients-connect', userIds: ['1'] },
  ],
  [
    'Client Flags',
    { op: 18, d: { user_id: '1', flags: 2 } },
    { kind: 'clients-connect', userIds: ['1'] },
  ],
  [
    'Client Platform',
    { op: 20, d: { user_id: '1', platform: null } },
    { kind: 'clients-connect', userIds: ['1'] },
  ],
  [
    'Clients Connect with an id that is none',
    { op: 11, d: { user_ids: ['1', 7, 'x', '2'] } },
    { kind: 'clients-connect', userIds: ['1', '2'] },
  ],
  [
    'Ready with an IPv6 address, and a mode that is none',
    { op: 2, d: { ssrc: 1, ip: '2001:db8::7', port: 9, modes: [5, 'm'] } },
    { kind: 'ready', ssrc: 1, address: { ip: '2001:db8::7', port: 9 }, modes: ['m'] },
  ],
  [
    'Session Description with a version that is none',
    { op: 4, d: { mode: 'm', secret_key: KEY, dave_protocol_version: 'x' } },
    { kind: 'session-description', mode: 'm', key: Uint8Array.from(KEY), daveVersion: 0 },
  ],
  [
    'Client Disconnect',
    { op: 13, d: { user_id: '1' } },
    { kind: 'client-disconnect', userId: '1' },
  ],
  [
    'Prepare Transition',
    { op: 21, d: { transition_id: 0, protocol_version: 1 } },
    { kind: 'dave-prepare-transition', transitionId: 0, protocolVersion: 1 },
  ],
  [
    'Execute Transition',
    { op: 22, d: { transition_id: 65_535 } },
    { kind: 'dave-execute-transition', transitionId: 65_535 },
  ],
  [
    'Prepare Epoch',
    { op: 24, d: { transition_id: 3, protocol_version: 1, epoch: 1 } },
    { kind: 'dave-prepare-epoch', transitionId: 3, protocolVersion: 1, epoch: 1 },
  ],
];

describe('text frame', () => {
  test.each(VALID)('%s is read', (_, json, message) => {
    expect(parseTextFrame(JSON.stringify(json))).toMatchObject({ message });
  });

  test.each(VALID)('every truncation of %s is refused', (_, json) => {
    const text = JSON.stringify(json);
    for (let end = 0; end < text.length; end += 1)
      expect(parseTextFrame(text.slice(0, end))).toBeNull();
  });

  test('has its sequence number, also with an opcode that we do not use', () => {
    expect(parseTextFrame('{"op":15,"d":{"any":100},"seq":70000}')).toEqual({
      seq: 70_000,
      op: 15,
      message: 'unknown',
    });
    expect(parseTextFrame('{"op":9,"d":null}')?.seq).toBeNull();
    expect(parseTextFrame('{"op":9,"d":null,"seq":-1}')).toMatchObject({
      seq: null,
      message: { kind: 'resumed' },
    });
  });

  test.each([
    ['a short key', { op: 4, d: { mode: 'm', secret_key: KEY.slice(1) }, seq: 1 }],
    ['a key byte of 256', { op: 4, d: { mode: 'm', secret_key: [...KEY.slice(1), 256] }, seq: 1 }],
    ['an address that is none', { op: 2, d: { ssrc: 1, ip: 'x', port: 1, modes: [] }, seq: 1 }],
    ['port 0', { op: 2, d: { ssrc: 1, ip: '127.0.0.1', port: 0, modes: [] }, seq: 1 }],
    ['a user id as a number', { op: 5, d: { ssrc: 1, user_id: 1 }, seq: 1 }],
    ['no payload', { op: 13, seq: 1 }],
    ['a heartbeat interval of 0', { op: 8, d: { heartbeat_interval: 0 }, seq: 1 }],
  ])('with %s is malformed, and has its sequence number', (_, json) => {
    expect(parseTextFrame(JSON.stringify(json))).toMatchObject({ seq: 1, message: 'malformed' });
  });

  test.each(['null', '[]', '{}', '{"op":"2"}', '{"op":2.5}', '7'])('%s is null', (text) => {
    expect(parseTextFrame(text)).toBeNull();
  });
});

describe('binary frame', () => {
  test.each([
    [25, 'dave-external-sender'],
    [27, 'dave-proposals'],
    [29, 'dave-announce-commit'],
    [30, 'dave-welcome'],
  ])('op %i is given with its body, also from within a larger buffer', (op, kind) => {
    const pool = Uint8Array.from([9, 9, 0xff, 0xfe, op, 1, 2, 3, 9]);
    expect(parseBinaryFrame(pool.subarray(2, 8))).toEqual({
      seq: 0xfffe,
      op,
      message: { kind, body: Uint8Array.of(1, 2, 3) },
    });
  });

  test('needs a number and an opcode, and may have an empty body', () => {
    for (let byteLength = 0; byteLength < 3; byteLength += 1)
      expect(parseBinaryFrame(new Uint8Array(byteLength))).toBeNull();
    expect(parseBinaryFrame(Uint8Array.of(0, 0, 27))).toMatchObject({
      seq: 0,
      message: { kind: 'dave-proposals', body: new Uint8Array(0) },
    });
  });

  test('with an opcode that we do not use is unknown, and has its sequence number', () => {
    expect(parseBinaryFrame(Uint8Array.of(0, 5, 99))).toEqual({
      seq: 5,
      op: 99,
      message: 'unknown',
    });
  });

  test('to the server has no sequence number', () => {
    expect(writeBinaryFrame(26, Uint8Array.of(7, 8))).toEqual(Uint8Array.of(26, 7, 8));
  });
});
