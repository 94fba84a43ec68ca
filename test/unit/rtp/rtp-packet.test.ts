import { describe, expect, test } from 'vitest';
import { parseRtpPacket } from '../../../main/rtp/rtp-packet.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { writeRtpPacket } from '../../../main/rtp/rtp-writer.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const fields = { sequence: 65535, timestamp: toRtpTimestamp(0xffff_ffff), ssrc: 0xfedc_ba98 };

describe('RTP header', () => {
  test('the fields are read at the offsets of RFC 3550, marker apart from payload type', () => {
    const bytes = Uint8Array.of(0x80, 0xf8, 0x12, 0x34, 0xff, 0, 0, 1, 0x80, 0, 0, 2);
    expect(parseRtpPacket(bytes)).toEqual({
      datagram: bytes,
      padding: false,
      extension: false,
      marker: true,
      csrcCount: 0,
      payloadType: 120,
      sequence: 0x1234,
      timestamp: 0xff000001,
      ssrc: 0x80000002,
      headerBytes: 12,
    });
  });

  test('a view into a larger buffer is read from its own start', () => {
    const pool = new Uint8Array(64).fill(0xee);
    pool.set(writeRtpPacket(fields, Uint8Array.of(1, 2, 3)), 20);
    expect(parseRtpPacket(pool.subarray(20, 35))).toMatchObject(fields);
  });

  test('padding, extension and CSRCs show in flags and header length', () => {
    const packet = writeRtpPacket(
      { ...fields, csrcs: [1, 2], extensionBody: new Uint8Array(8), paddingBytes: 4 },
      Uint8Array.of(9),
    );
    expect(packet).toHaveLength(12 + 8 + 4 + 8 + 1 + 4);
    expect(parseRtpPacket(packet)).toMatchObject({
      padding: true,
      extension: true,
      csrcCount: 2,
      headerBytes: 24,
    });
  });

  test('every truncation of the longest header is refused', () => {
    const csrcs = Array.from({ length: 15 }, (_, index) => index);
    const packet = writeRtpPacket(
      { ...fields, csrcs, extensionBody: new Uint8Array(0) },
      new Uint8Array(0),
    );
    const accepted = Array.from(packet.keys()).filter(
      (byteLength) => parseRtpPacket(packet.subarray(0, byteLength)) !== null,
    );
    expect(accepted).toEqual([]);
    expect(parseRtpPacket(packet)).toMatchObject({ csrcCount: 15, headerBytes: 76 });
  });

  test('other versions and payload types are refused', () => {
    const packet = writeRtpPacket({ ...fields, payloadType: 101 }, new Uint8Array(4));
    expect(parseRtpPacket(packet)).toBeNull();
    for (const first of [0x00, 0x40, 0xc0]) {
      expect(parseRtpPacket(Uint8Array.of(first, 0x78, ...new Uint8Array(10)))).toBeNull();
    }
  });

  test('random bytes never throw', () => {
    const random = new SeededRandom(1);
    expect(() => {
      for (let round = 0; round < 20_000; round += 1) {
        const bytes = random.bytes(random.integer(90));
        if (bytes.byteLength > 1 && round % 2 === 0) bytes.set([0x80 | random.integer(64), 0x78]);
        parseRtpPacket(bytes);
      }
    }).not.toThrow();
  });

  test('writing fields that do not fit throws', () => {
    const nothing = new Uint8Array(0);
    expect(() =>
      writeRtpPacket({ ...fields, csrcs: new Array<number>(16).fill(0) }, nothing),
    ).toThrow('16 CSRCs');
    expect(() => writeRtpPacket({ ...fields, extensionBody: new Uint8Array(5) }, nothing)).toThrow(
      '5 bytes',
    );
    expect(() => writeRtpPacket({ ...fields, paddingBytes: 256 }, nothing)).toThrow('256 padding');
  });
});
