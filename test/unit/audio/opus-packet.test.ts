import { describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../../main/audio/opus-packet.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const CELT_20 = 31 << 3;
const SILK_60 = 3 << 3;
const packet = (start: number[], zeros = 0): Uint8Array =>
  Uint8Array.from([...start, ...new Uint8Array(zeros)]);
const frames = (start: number[], zeros = 0): number | undefined =>
  parseOpusPacket(packet(start, zeros))?.frameCount;

/** RFC 6716 table 2, in milliseconds. */
const FRAME_MS = [
  ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60],
  ...[10, 20, 10, 20],
  ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20],
];

describe('Opus packet', () => {
  test.each(FRAME_MS.map((ms, config) => [config, ms]))(
    'config %i has frames of %d ms',
    (config, ms) => {
      const expected = { config, frameSamples: ms * 48, frameCount: 1, durationSamples: ms * 48 };
      expect(parseOpusPacket(packet([config << 3], 10))).toEqual({ ...expected, channels: 1 });
      expect(parseOpusPacket(packet([(config << 3) | 4], 10))).toEqual({
        ...expected,
        channels: 2,
      });
    },
  );

  test('the silence frame is 20 ms of mono CELT, and 7B 83 is 60 ms of three frames', () => {
    expect(parseOpusPacket(Uint8Array.of(0xf8, 0xff, 0xfe))).toMatchObject({
      durationSamples: 960,
    });
    expect(parseOpusPacket(Uint8Array.of(0x7b, 0x83, 0, 0))).toMatchObject({
      frameCount: 3,
      durationSamples: 2880,
      channels: 1,
    });
  });

  test('R1: no bytes are no packet, the TOC byte alone is one', () => {
    expect(frames([])).toBeUndefined();
    expect(frames([CELT_20])).toBe(1);
  });

  test('R2: a frame without a length field has 1275 bytes at most', () => {
    expect([frames([CELT_20], 1275), frames([CELT_20], 1276)]).toEqual([1, undefined]);
    expect([frames([CELT_20 | 1], 2550), frames([CELT_20 | 1], 2552)]).toEqual([2, undefined]);
    expect([frames([CELT_20 | 2, 0], 1275), frames([CELT_20 | 2, 0], 1276)]).toEqual([
      2,
      undefined,
    ]);
    expect([frames([CELT_20 | 3, 2], 2550), frames([CELT_20 | 3, 2], 2552)]).toEqual([
      2,
      undefined,
    ]);
    expect(frames([CELT_20 | 3, 0x82, 0], 1276)).toBeUndefined();
  });

  test('R3: two frames of equal size need an even number of bytes', () => {
    expect([0, 1, 2, 3].map((rest) => frames([CELT_20 | 1], rest))).toEqual([
      2,
      undefined,
      2,
      undefined,
    ]);
  });

  test('R4: the first of two frames has a length field and fits into the packet', () => {
    expect(frames([CELT_20 | 2])).toBeUndefined();
    expect([frames([CELT_20 | 2, 3], 2), frames([CELT_20 | 2, 3], 3)]).toEqual([undefined, 2]);
    expect(frames([CELT_20 | 2, 252])).toBeUndefined();
    expect([frames([CELT_20 | 2, 252, 1], 255), frames([CELT_20 | 2, 252, 1], 256)]).toEqual([
      undefined,
      2,
    ]);
    expect(frames([CELT_20 | 2, 255, 255], 1275)).toBe(2);
  });

  test('R5: code 3 has one frame or more, and 120 ms at most', () => {
    expect(frames([CELT_20 | 3])).toBeUndefined();
    expect([0, 1, 6, 7, 63].map((count) => frames([CELT_20 | 3, count]))).toEqual([
      undefined,
      1,
      6,
      undefined,
      undefined,
    ]);
    expect([frames([SILK_60 | 3, 2]), frames([SILK_60 | 3, 3])]).toEqual([2, undefined]);
    expect([frames([(28 << 3) | 3, 48]), frames([(28 << 3) | 3, 49])]).toEqual([48, undefined]);
  });

  test('R6: frames of constant size share what padding leaves evenly', () => {
    expect([4, 5, 6].map((rest) => frames([CELT_20 | 3, 3], rest))).toEqual([
      undefined,
      undefined,
      3,
    ]);
    const padded = (paddingLength: number[], zeros: number) =>
      frames([CELT_20 | 3, 0x43, ...paddingLength], zeros);
    expect(padded([], 0)).toBeUndefined();
    expect([padded([2], 1), padded([2], 2), padded([2], 5)]).toEqual([undefined, 3, 3]);
    expect([padded([255], 299), padded([255, 1], 254), padded([255, 1], 255)]).toEqual([
      undefined,
      undefined,
      3,
    ]);
    expect(padded([255, 255, 0], 508)).toBe(3);
    expect(padded([255, 255], 0)).toBeUndefined();
  });

  test('R7: frames of varying size have length fields but for the last, and end before the padding', () => {
    const varying = (rest: number[], zeros = 0) => frames([CELT_20 | 3, 0x83, ...rest], zeros);
    expect([varying([1]), varying([1, 2], 2), varying([1, 2], 3)]).toEqual([
      undefined,
      undefined,
      3,
    ]);
    expect([varying([0, 252]), varying([0, 252, 0], 251), varying([0, 252, 0], 252)]).toEqual([
      undefined,
      undefined,
      3,
    ]);
    const padded = (rest: number[], zeros = 0) => frames([CELT_20 | 3, 0xc2, ...rest], zeros);
    expect([padded([2, 1], 2), padded([2, 1], 3)]).toEqual([undefined, 2]);
    expect(padded([1, 1])).toBeUndefined(); // its frame length would lie in the padding
    expect(padded([0, 252, 0], 251)).toBeUndefined();
  });

  test('a truncated packet is refused, or is a shorter one of as many frames', () => {
    const whole = packet([CELT_20 | 3, 0xc3, 255, 3, 200, 252, 9], 200 + 288 + 257 + 40);
    expect(parseOpusPacket(whole)?.frameCount).toBe(3);
    const accepted = Array.from(whole.keys()).filter(
      (byteLength) => parseOpusPacket(whole.subarray(0, byteLength)) !== null,
    );
    // The last frame has no length, so the packet may be cut within its 40 bytes and still be valid.
    expect(accepted).toEqual(
      Array.from({ length: 40 }, (_, index) => whole.byteLength - 40 + index),
    );
  });

  test('random bytes never throw, and what is accepted lasts 2.5 to 120 ms', () => {
    const random = new SeededRandom(4);
    const durations = new Set<number>();
    for (let round = 0; round < 30_000; round += 1) {
      const parsed = parseOpusPacket(random.bytes(random.integer(40)));
      if (parsed !== null) durations.add(parsed.durationSamples);
    }
    expect(Math.min(...durations)).toBe(120);
    expect(Math.max(...durations)).toBe(5760);
  });
});
