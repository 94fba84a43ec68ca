import { describe, expect, test } from 'vitest';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import {
  advanceTimestamp,
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
  ])('timestamp %i against %i is %i samples later', (later, earlier, distance) => {
    expect(timestampDistance(toRtpTimestamp(later), toRtpTimestamp(earlier))).toBe(distance);
  });

  test('a timestamp advances across the wrap in both directions', () => {
    expect(advanceTimestamp(toRtpTimestamp(0xffff_ffff), 960)).toBe(959);
    expect(advanceTimestamp(toRtpTimestamp(959), -960)).toBe(0xffff_ffff);
  });
});
