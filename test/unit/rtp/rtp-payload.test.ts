import { describe, expect, test } from 'vitest';
import {
  isEmptyPayload,
  payloadAfterClearHeader,
  payloadAfterFixedHeader,
} from '../../../main/rtp/rtp-payload.ts';
import { parseRtpPacket } from '../../../main/rtp/rtp-packet.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { writeRtpPacket } from '../../../main/rtp/rtp-writer.ts';
import type { RtpFields } from '../../../main/rtp/rtp-writer.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const FIELDS: RtpFields = { sequence: 1, timestamp: toRtpTimestamp(2), ssrc: 3 };
const PAYLOAD = Uint8Array.of(11, 22, 33, 44);

/** The payloads that `rtpsize` and other modes cut out of one unencrypted packet; `change` forges the packet first. */
function payloads(fields: RtpFields, change: (bytes: Uint8Array) => void = () => undefined) {
  const bytes = writeRtpPacket(fields, PAYLOAD);
  change(bytes);
  const packet = parseRtpPacket(bytes);
  if (packet === null) throw new Error('the packet under test has no header');
  return [
    Array.from(payloadAfterClearHeader(packet, bytes.subarray(packet.headerBytes))),
    Array.from(payloadAfterFixedHeader(packet, bytes.subarray(12))),
  ];
}

const whole = [Array.from(PAYLOAD), Array.from(PAYLOAD)];

describe('payload of decrypted data', () => {
  test('CSRCs, extension and padding are cut off', () => {
    const csrcs = [5, 6];
    const extensionBody = new Uint8Array(12).fill(7);
    expect(payloads(FIELDS)).toEqual(whole);
    expect(payloads({ ...FIELDS, csrcs, extensionBody, paddingBytes: 9 })).toEqual(whole);
  });

  test('the padding count may cover the whole payload, and no more', () => {
    const claim = (count: number) =>
      payloads({ ...FIELDS, paddingBytes: 1 }, (bytes) => bytes.set([count], bytes.length - 1));
    expect(claim(1)).toEqual(whole);
    expect(claim(4)).toEqual([[11], [11]]);
    for (const count of [0, 5, 6, 255]) expect(claim(count)).toEqual([[], []]);
  });

  test('padding may not reach into the extension', () => {
    const fields = { ...FIELDS, extensionBody: new Uint8Array(8), paddingBytes: 1 };
    expect(payloads(fields, (bytes) => bytes.set([6], bytes.length - 1))).toEqual([[], []]);
  });

  test('an extension longer than the data leaves nothing', () => {
    const fields = { ...FIELDS, extensionBody: new Uint8Array(4) };
    const claim = (words: number) => payloads(fields, (bytes) => bytes.set([0, words], 14));
    expect(claim(1)).toEqual(whole);
    for (const words of [2, 3, 255]) expect(claim(words)).toEqual([[], []]);
  });

  test('data that ends within CSRCs or preamble leaves nothing', () => {
    const packet = parseRtpPacket(
      writeRtpPacket({ ...FIELDS, csrcs: [1], extensionBody: new Uint8Array(0) }, PAYLOAD),
    );
    const lengths = [0, 1, 4, 7, 8].map(
      (byteLength) =>
        packet && payloadAfterFixedHeader(packet, new Uint8Array(byteLength)).byteLength,
    );
    expect(lengths).toEqual([0, 0, 0, 0, 0]);
  });

  test('random headers and data never throw', () => {
    const random = new SeededRandom(3);
    expect(() => {
      for (let round = 0; round < 20_000; round += 1) {
        const bytes = random.bytes(12 + random.integer(100));
        bytes.set([0x80 | random.integer(64), 0x78]);
        const packet = parseRtpPacket(bytes);
        if (packet === null) continue;
        payloadAfterClearHeader(packet, random.bytes(random.integer(40)));
        payloadAfterFixedHeader(packet, random.bytes(random.integer(40)));
      }
    }).not.toThrow();
  });
});

describe('a payload without audio', () => {
  test.each([
    ['no bytes', []],
    ['one zero', [0]],
    ['zeros', [0, 0, 0, 0]],
    ['zeros and their number, which nobody cut', [0, 0, 0, 0, 5]],
    ['zeros behind another byte', [0x78, 0, 0, 0]],
    ['zeros around another byte', [0, 0, 9, 0]],
    ['two bytes, one of them zero', [0, 2]],
  ])('is %s', (_, bytes) => {
    expect(isEmptyPayload(Uint8Array.from(bytes))).toBe(true);
  });

  test.each([
    ['one byte, which stands for a packet that was not sent (DTX)', [0x78]],
    ['silence', [0xf8, 0xff, 0xfe]],
    ['two bytes that are not zero', [0x78, 1]],
    ['two such bytes among zeros', [0x78, 0, 0, 0, 1]],
  ])('is not %s', (_, bytes) => {
    expect(isEmptyPayload(Uint8Array.from(bytes))).toBe(false);
  });
});
