import { describe, expect, test } from 'vitest';
import { parseRtpPacket } from '../../../main/rtp/rtp-packet.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import type { RtpFields } from '../../../main/rtp/rtp-writer.ts';
import { createTransportCipher } from '../../../main/rtp/transport-cipher.ts';
import type { TransportCipher } from '../../../main/rtp/transport-cipher.ts';
import {
  chooseTransportMode,
  isTransportMode,
  TRANSPORT_MODES,
} from '../../../main/rtp/transport-modes.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const random = new SeededRandom(2);
const KEY = random.bytes(32);
const PAYLOAD = random.bytes(80);
const FIELDS: RtpFields = { sequence: 65535, timestamp: toRtpTimestamp(0), ssrc: 1 };
const FULL: RtpFields = {
  ...FIELDS,
  marker: true,
  csrcs: [7, 8, 9],
  extensionBody: Uint8Array.of(0x10, 0xa0, 0x90, 0x02, 0, 0, 0, 0),
  paddingBytes: 255,
};
const FORMS: [string, RtpFields][] = [
  ['plain', FIELDS],
  ['marker', { ...FIELDS, marker: true }],
  ['CSRCs', { ...FIELDS, csrcs: [1, 2] }],
  ['extension', { ...FIELDS, extensionBody: new Uint8Array(4) }],
  ['empty extension', { ...FIELDS, extensionBody: new Uint8Array(0) }],
  ['padding', { ...FIELDS, paddingBytes: 1 }],
  ['everything', FULL],
];

const open = (cipher: TransportCipher, datagram: Uint8Array): Uint8Array | null => {
  const packet = parseRtpPacket(datagram);
  return packet && cipher.open(packet);
};
const same = (payload: Uint8Array | null, expected: Uint8Array): boolean =>
  payload !== null && Buffer.compare(payload, expected) === 0;

describe('transport modes', () => {
  test('XChaCha is chosen before GCM, and GCM before the retired ones', () => {
    expect(
      chooseTransportMode(['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize']),
    ).toBe('aead_xchacha20_poly1305_rtpsize');
    expect(chooseTransportMode(['xsalsa20_poly1305', 'aead_aes256_gcm_rtpsize'])).toBe(
      'aead_aes256_gcm_rtpsize',
    );
    expect(chooseTransportMode([...TRANSPORT_MODES].reverse())).toBe(TRANSPORT_MODES[0]);
  });

  test('nothing is chosen from modes we do not know', () => {
    expect(chooseTransportMode(['aead_unknown', 'toString'])).toBeNull();
    expect(chooseTransportMode([])).toBeNull();
    expect(isTransportMode('constructor')).toBe(false);
    expect(TRANSPORT_MODES).toHaveLength(7);
  });
});

test('a key of any other length than 32 bytes throws', () => {
  const short = random.bytes(31);
  expect(() => createTransportCipher('aead_aes256_gcm_rtpsize', short)).toThrow('31 bytes');
});

describe.each(TRANSPORT_MODES)('transport cipher %s', (mode) => {
  const cipher = createTransportCipher(mode, KEY);

  test.each(FORMS)('a packet with %s opens to its payload', (_form, fields) => {
    const opened = open(cipher, cipher.seal(fields, PAYLOAD));
    expect(same(opened, PAYLOAD)).toBe(true);
  });

  test('a packet of padding only, or of nothing, is empty', () => {
    const nothing = new Uint8Array(0);
    expect(open(cipher, cipher.seal({ ...FIELDS, paddingBytes: 200 }, nothing))).toHaveLength(0);
    expect(open(cipher, cipher.seal(FIELDS, nothing))).toHaveLength(0);
  });

  test('every truncation, and one byte too many, is refused', () => {
    const datagram = cipher.seal(FULL, PAYLOAD);
    const opened = Array.from(datagram.keys()).filter(
      (byteLength) => open(cipher, datagram.subarray(0, byteLength)) !== null,
    );
    expect(opened).toEqual([]);
    expect(open(cipher, Uint8Array.from([...datagram, 0]))).toBeNull();
  });

  test('a flipped bit behind the header, and another key, are refused', () => {
    const datagram = cipher.seal(FIELDS, PAYLOAD);
    const opened: number[] = [];
    for (let at = 12; at < datagram.byteLength; at += 1) {
      const damaged = Uint8Array.from(datagram);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      if (open(cipher, damaged) !== null) opened.push(at);
    }
    expect(opened).toEqual([]);
    expect(open(createTransportCipher(mode, random.bytes(32)), datagram)).toBeNull();
  });

  test('opening does not change the datagram, which opens again', () => {
    const datagram = cipher.seal(FULL, PAYLOAD);
    const before = Uint8Array.from(datagram);
    const first = open(cipher, datagram);
    const second = open(cipher, datagram);
    expect(same(datagram, before)).toBe(true);
    expect(first && same(second, first)).toBe(true);
  });

  test("each packet gets a nonce of its own, across the counter's wrap", () => {
    const counting = createTransportCipher(mode, KEY, { firstNonce: 0xffff_ffff });
    const sealed = [0, 1, 2].map((sequence) => counting.seal({ ...FIELDS, sequence }, PAYLOAD));
    expect(sealed.every((datagram) => same(open(cipher, datagram), PAYLOAD))).toBe(true);
    expect(new Set(sealed.map((datagram) => datagram.slice(-24).join())).size).toBe(3);
  });

  test('opening a packet does not change payloads of earlier ones', () => {
    const other = random.bytes(80);
    const first = open(cipher, cipher.seal(FIELDS, PAYLOAD));
    const second = open(cipher, cipher.seal(FIELDS, other));
    expect([same(first, PAYLOAD), same(second, other)]).toEqual([true, true]);
  });

  test('random bytes behind a plausible header never throw', () => {
    expect(() => {
      for (let round = 0; round < 3000; round += 1) {
        const datagram = random.bytes(random.integer(120));
        datagram.set([0x80 | random.integer(64), 0x78].slice(0, datagram.byteLength));
        open(cipher, datagram);
      }
    }).not.toThrow();
  });

  test('RTCP keeps eight bytes clear', () => {
    const clear = Uint8Array.of(0x81, 0xc9, 0, 7, 0, 0, 0, 1);
    const datagram = cipher.sealRtcp(clear, PAYLOAD);
    expect(same(datagram.subarray(0, 8), clear)).toBe(true);
    expect(() => cipher.sealRtcp(clear.subarray(1), PAYLOAD)).toThrow('7 bytes');
  });
});
