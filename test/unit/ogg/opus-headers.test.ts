import { describe, expect, test } from 'vitest';
import { isOpusHead, parseOpusHead, writeOpusHead } from '../../../main/ogg/opus-head.ts';
import { isOpusTags, parseOpusTags, writeOpusTags } from '../../../main/ogg/opus-tags.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const HEAD = { channels: 2, preSkip: 312, inputSampleRateHz: 48_000, outputGain: -256 };
const TAGS = { vendor: 'Tapedeck', comments: ['TITLE=Žižkov 📼', 'EMPTY=', ''] };

/** Lengths of the truncations that `parse` accepts. */
function accepted(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown): number[] {
  return Array.from(bytes.keys()).filter((end) => parse(bytes.subarray(0, end)) !== null);
}

describe('OpusHead', () => {
  test('it is the 19 bytes of RFC 7845 §5.1', () => {
    const bytes = writeOpusHead(HEAD);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      `${Buffer.from('OpusHead').toString('hex')}01023801` + '80bb0000' + '00ff' + '00',
    );
    expect(parseOpusHead(bytes)).toEqual({ ...HEAD, mappingFamily: 0 });
  });

  test('every truncation is refused', () => {
    expect(accepted(writeOpusHead(HEAD), parseOpusHead)).toEqual([]);
  });

  test('a later minor version is accepted, a major one and impossible channels are refused', () => {
    const changed = (at: number, value: number) => {
      const bytes = writeOpusHead(HEAD);
      bytes[at] = value;
      return parseOpusHead(bytes);
    };
    expect(changed(8, 15)).not.toBeNull();
    expect(changed(8, 16)).toBeNull();
    expect([changed(9, 0), changed(9, 3)]).toEqual([null, null]);
    expect(changed(18, 1)).toBeNull(); // its mapping table is missing
  });

  test('surround with its mapping table is read', () => {
    const bytes = Uint8Array.from([
      ...writeOpusHead({ ...HEAD, channels: 6 }),
      4,
      2,
      0,
      4,
      1,
      2,
      3,
      5,
    ]);
    bytes[18] = 1;
    expect(parseOpusHead(bytes)).toMatchObject({ channels: 6, mappingFamily: 1 });
    expect(accepted(bytes, parseOpusHead)).toEqual([]);
  });
});

describe('OpusTags', () => {
  test('vendor and comments of any script are read back, padding behind them is ignored', () => {
    const bytes = writeOpusTags(TAGS);
    expect(parseOpusTags(bytes)).toEqual(TAGS);
    expect(parseOpusTags(Uint8Array.from([...bytes, 0, 0, 0, 0]))).toEqual(TAGS);
  });

  test('every truncation is refused', () => {
    expect(accepted(writeOpusTags(TAGS), parseOpusTags)).toEqual([]);
  });

  test('counts and lengths of four gigabytes are refused', () => {
    const bytes = writeOpusTags({ vendor: 'v', comments: ['a=b'] });
    for (const at of [8, 13, 17]) {
      const changed = Uint8Array.from(bytes);
      changed.fill(0xff, at, at + 4);
      expect(parseOpusTags(changed)).toBeNull();
    }
  });
});

test('random bytes never throw', () => {
  const random = new SeededRandom(10);
  expect(() => {
    for (let round = 0; round < 5000; round += 1) {
      const bytes = random.bytes(random.integer(60));
      const magic = Buffer.from(round % 2 === 0 ? 'OpusHead' : 'OpusTags');
      bytes.set(magic.subarray(0, bytes.byteLength));
      if (isOpusHead(bytes)) parseOpusHead(bytes);
      if (isOpusTags(bytes)) parseOpusTags(bytes);
    }
  }).not.toThrow();
});
