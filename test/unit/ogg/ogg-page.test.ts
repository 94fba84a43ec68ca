import { describe, expect, test } from 'vitest';
import { oggCrc } from '../../../main/ogg/ogg-crc.ts';
import { parseOggPage, probeOggPage, writeOggPage } from '../../../main/ogg/ogg-page.ts';
import type { OggPage } from '../../../main/ogg/ogg-page.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const PAGE: Omit<OggPage, 'byteLength'> = {
  continued: true,
  bos: false,
  eos: true,
  granulePosition: 0x0123_4567_89ab_cdefn,
  serial: 0xfedc_ba98,
  pageSequence: 0x8000_0001,
  lacing: Uint8Array.of(255, 1, 0, 3),
  body: new SeededRandom(6).bytes(259),
};

/** The CRC by its definition, bit by bit. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
  }
  return crc >>> 0;
}

describe('Ogg checksum', () => {
  test('"123456789" gives the complement of what POSIX cksum publishes as its check value', () => {
    // CRC-32/CKSUM (polynomial 04C11DB7, start 0, inverted at the end): check value 765E7680.
    expect(oggCrc(new TextEncoder().encode('123456789'))).toBe(~0x765e_7680 >>> 0);
  });

  test('every length and alignment agrees with the definition, in one piece and in two', () => {
    const bytes = new SeededRandom(7).bytes(80);
    const wrong: number[] = [];
    for (let start = 0; start < 9; start += 1) {
      for (let end = start; end <= bytes.byteLength; end += 1) {
        const part = bytes.subarray(start, end);
        const split = Math.floor(part.byteLength / 3);
        const twice = oggCrc(part.subarray(split), oggCrc(part.subarray(0, split)));
        if (oggCrc(part) !== slowCrc(part) || twice !== slowCrc(part)) wrong.push(end);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('Ogg page', () => {
  test('each field is at its offset of RFC 3533', () => {
    const bytes = Buffer.from(writeOggPage(PAGE));
    expect(bytes.toString('latin1', 0, 4)).toBe('OggS');
    expect(bytes.subarray(4, 6).toString('hex')).toBe('0005');
    expect(bytes.subarray(6, 14).toString('hex')).toBe('efcdab8967452301');
    expect(bytes.subarray(14, 18).toString('hex')).toBe('98badcfe');
    expect(bytes.subarray(18, 22).toString('hex')).toBe('01000080');
    expect(bytes.subarray(26, 31).toString('hex')).toBe('04ff010003');
    expect(bytes).toHaveLength(27 + 4 + 259);
  });

  test('a written page is read back, also within a larger buffer', () => {
    const bytes = writeOggPage(PAGE);
    const pool = new Uint8Array(bytes.byteLength + 30).fill(0xee);
    pool.set(bytes, 17);
    const byteLength = bytes.byteLength;
    expect(parseOggPage(bytes)).toEqual({ ...PAGE, byteLength });
    expect(parseOggPage(pool.subarray(5), 12)).toEqual({ ...PAGE, byteLength });
  });

  test.each([-1n, 0n, 2n ** 63n - 1n])('granule position %s is read back', (granulePosition) => {
    expect(parseOggPage(writeOggPage({ ...PAGE, granulePosition }))?.granulePosition).toBe(
      granulePosition,
    );
  });

  test('the largest page, 255 times 255 bytes, and one without segments are read back', () => {
    const lacing = new Uint8Array(255).fill(255);
    const body = new SeededRandom(8).bytes(255 * 255);
    expect(parseOggPage(writeOggPage({ ...PAGE, lacing, body }))?.byteLength).toBe(65_307);
    const nothing = new Uint8Array(0);
    expect(
      parseOggPage(writeOggPage({ ...PAGE, lacing: nothing, body: nothing }))?.byteLength,
    ).toBe(27);
  });

  test('every truncation is incomplete, and no page', () => {
    const bytes = writeOggPage(PAGE);
    const probes = Array.from(bytes.keys(), (end) => probeOggPage(bytes.subarray(0, end)).kind);
    expect(new Set(probes)).toEqual(new Set(['incomplete']));
    const pages = Array.from(bytes.keys()).filter(
      (end) => parseOggPage(bytes.subarray(0, end)) !== null,
    );
    expect(pages).toEqual([]);
  });

  test('every flipped bit is noticed', () => {
    const bytes = writeOggPage(PAGE);
    const unnoticed: number[] = [];
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (parseOggPage(damaged) !== null) unnoticed.push(bit);
    }
    expect(unnoticed).toEqual([]);
  });

  test('random bytes behind the capture pattern never throw', () => {
    const random = new SeededRandom(9);
    const pages: OggPage[] = [];
    for (let round = 0; round < 5000; round += 1) {
      const bytes = random.bytes(random.integer(400));
      bytes.set([0x4f, 0x67, 0x67, 0x53, 0].slice(0, bytes.byteLength));
      const page = parseOggPage(bytes, random.integer(3) === 0 ? random.integer(500) : 0);
      if (page !== null) pages.push(page);
    }
    expect(pages).toEqual([]);
  });

  test('writing a page whose lacing does not fit its body throws', () => {
    expect(() => writeOggPage({ ...PAGE, lacing: new Uint8Array(256) })).toThrow(
      'page has 256 segments, at most 255 fit',
    );
    expect(() => writeOggPage({ ...PAGE, lacing: Uint8Array.of(9) })).toThrow('9 bytes');
  });
});
