import { describe, expect, test } from 'vitest';
import { Limiter } from '../../../main/export/limiter.ts';
import { addClamped, sumBlocks } from '../../../main/export/mix-sum.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { voicePcm } from '../../support/voice.ts';

const BLOCK = 4800 * 2;

/** Sums whole signals and limits the sum, block by block. */
function mix(tracks: readonly Int16Array[], channels: 1 | 2 = 2): Int16Array {
  const values = tracks[0]?.length ?? 0;
  const limiter = new Limiter(channels);
  const out: number[] = [];
  for (let at = 0; at < values; at += BLOCK) {
    const blocks = tracks.map((track) => track.subarray(at, at + BLOCK));
    out.push(...(limiter.push(sumBlocks(blocks, Math.min(BLOCK, values - at))) ?? []));
  }
  out.push(...(limiter.flush() ?? []));
  return Int16Array.from(out);
}

function trueSum(tracks: readonly Int16Array[]): number[] {
  return Array.from(tracks[0] ?? [], (_, index) =>
    tracks.reduce((sum, track) => sum + (track[index] ?? 0), 0),
  );
}

describe('limiter', () => {
  test('one track is unchanged, full scale included', () => {
    const random = new SeededRandom(1);
    const track = Int16Array.from({ length: 100_002 }, () => random.integer(65_536) - 32_768);
    expect(mix([track])).toEqual(track);
  });

  test('a sum that fits is the plain sum', () => {
    const tracks = [1, 2, 3, 4].map((seed) => voicePcm(30_000, seed, 0.15));
    expect([...mix(tracks)]).toEqual(trueSum(tracks));
  });

  test('25 quiet tracks are no quieter than one by one', () => {
    const tracks = Array.from({ length: 25 }, (_, seed) => voicePcm(10_000, seed, 0.02));
    expect([...mix(tracks)]).toEqual(trueSum(tracks));
  });

  test('a sum that does not fit is never clipped: both channels keep their ratio at every peak', () => {
    const tracks = [1, 2, 3, 4].map((seed) => voicePcm(48_000, seed, 1.5));
    const sum = trueSum(tracks);
    const mixed = mix(tracks);
    expect(Math.max(...sum.map(Math.abs))).toBeGreaterThan(60_000);
    for (let index = 0; index < sum.length; index += 2) {
      const [left = 0, right = 0] = [sum[index], sum[index + 1]];
      if (Math.abs(left) < 20_000) continue;
      const gain = (mixed[index] ?? 0) / left;
      expect(gain).toBeGreaterThan(0);
      expect(gain).toBeLessThanOrEqual(1);
      expect(Math.abs((mixed[index + 1] ?? 0) - right * gain)).toBeLessThan(1.5);
    }
  });

  test('the gain changes by less than a hundredth between two samples', () => {
    const quiet = new Int16Array(96_000).fill(10_000);
    const burst = new Int16Array(96_000);
    burst.fill(30_000, 40_000, 40_020);
    const mixed = mix([quiet, burst]);
    const sum = trueSum([quiet, burst]);
    const gains = sum.map((value, index) => (mixed[index] ?? 0) / value);
    for (let index = 2; index < gains.length; index += 2)
      expect(Math.abs((gains[index] ?? 1) - (gains[index - 2] ?? 1))).toBeLessThan(0.01);
    expect(mixed[40_010]).toBe(32_767);
  });

  test('the gain falls from 5 ms before a peak on, and is 1 again after it', () => {
    const quiet = new Int16Array(48_000 * 6).fill(20_000);
    const burst = new Int16Array(48_000 * 6);
    burst.fill(20_000, 96_000, 96_002);
    const mixed = mix([quiet, burst]);
    const first = mixed.findIndex((value) => value !== 20_000);
    expect(96_000 - first).toBeLessThanOrEqual(240 * 2);
    expect(96_000 - first).toBeGreaterThan(200 * 2);
    expect(mixed.subarray(48_000 * 5).every((value) => value === 20_000)).toBe(true);
  });

  test('for a peak in a block’s first frame the gain falls in the block before, in mono too', () => {
    const quiet = new Int16Array(BLOCK * 3).fill(20_000);
    const burst = new Int16Array(BLOCK * 3);
    burst[BLOCK] = 30_000;
    const mixed = mix([quiet, burst], 1);
    expect(mixed[BLOCK]).toBe(32_767);
    expect(mixed[BLOCK - 1]).toBeLessThan(20_000);
    expect(mixed[BLOCK - 240]).toBe(20_000);
  });

  test('random sums of any height stay within 16 bits and keep their sign', () => {
    const random = new SeededRandom(7);
    const tracks = [1, 2, 3].map(() =>
      Int16Array.from(
        { length: BLOCK * 4 + 998 },
        () => Math.floor(random.next() ** 4 * 65_536) - 32_768,
      ),
    );
    const sum = trueSum(tracks);
    const mixed = mix(tracks);
    expect(mixed).toHaveLength(sum.length);
    expect(sum.every((value, index) => value * (mixed[index] ?? 0) >= 0)).toBe(true);
    expect(sum.every((value, index) => Math.abs(mixed[index] ?? 0) <= Math.abs(value))).toBe(true);
  });

  test('no samples give no samples', () => {
    expect(new Limiter(2).flush()).toBeNull();
  });
});

describe('sum', () => {
  test('a partial sum beyond 16 bits does not matter when the whole sum fits', () => {
    const blocks = [[30_000], [30_000], [-30_000]].map((values) => Int16Array.from(values));
    expect(sumBlocks(blocks, 1)).toEqual(Int16Array.of(30_000));
  });

  test('of no tracks is silence', () => {
    expect(sumBlocks([], 3)).toEqual(new Int16Array(3));
  });

  test('two tracks of one person are kept within 16 bits', () => {
    const into = Int16Array.of(30_000, -30_000, 5, -32_768);
    addClamped(into, Int16Array.of(30_000, -30_000, -7, -1));
    expect(into).toEqual(Int16Array.of(32_767, -32_768, -2, -32_768));
  });
});
