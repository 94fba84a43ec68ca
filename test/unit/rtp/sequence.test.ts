import { describe, expect, test } from 'vitest';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import {
  advanceTimestamp,
  SequenceUnwrapper,
  sequenceDistance,
  timestampDistance,
} from '../../../main/rtp/sequence.ts';

describe('wrap arithmetic', () => {
  test.each([
    [1, 0, 1],
    [0, 65535, 1],
    [65535, 0, -1],
    [5, 65531, 10],
    [32767, 0, 32767],
    [32768, 0, -32768],
    [7, 7, 0],
  ])('sequence %i is %i steps of %i away', (later, earlier, distance) => {
    expect(sequenceDistance(later, earlier)).toBe(distance);
  });

  test.each([
    [960, 0, 960],
    [0, 0xffff_ffff, 1],
    [0xffff_ffff, 0, -1],
    [463, 0xffff_fe0f, 960],
    [0x7fff_ffff, 0, 0x7fff_ffff],
    [0x8000_0000, 0, -0x8000_0000],
  ])('timestamp %i against %i lies %i samples later', (later, earlier, distance) => {
    expect(timestampDistance(toRtpTimestamp(later), toRtpTimestamp(earlier))).toBe(distance);
  });

  test('a timestamp advances across the wrap in both directions', () => {
    expect(advanceTimestamp(toRtpTimestamp(0xffff_ffff), 960)).toBe(959);
    expect(advanceTimestamp(toRtpTimestamp(959), -960)).toBe(0xffff_ffff);
  });
});

describe('sequence unwrapper', () => {
  const unwrapAll = (...numbers: number[]): number[] => {
    const unwrapper = new SequenceUnwrapper();
    return numbers.map((sequence) => unwrapper.unwrap(sequence));
  };

  test('numbers go on past 65535', () => {
    expect(unwrapAll(65534, 65535, 0, 1)).toEqual([65534, 65535, 65536, 65537]);
  });

  test('a late packet from before the wrap gets its number from before the wrap', () => {
    expect(unwrapAll(65534, 1, 65535, 2)).toEqual([65534, 65537, 65535, 65538]);
  });

  test('a number that precedes the first 0 is negative', () => {
    expect(unwrapAll(0, 65535, 1)).toEqual([0, -1, 1]);
  });

  test('a thousand wraps with losses stay exact', () => {
    const unwrapper = new SequenceUnwrapper();
    const wrong: number[] = [];
    for (let sent = 0; sent < 65536 * 1000; sent += 997) {
      if (unwrapper.unwrap(sent % 65536) !== sent) wrong.push(sent);
    }
    expect(wrong).toEqual([]);
  });
});
