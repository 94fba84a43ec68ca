import { describe, expect, test } from 'vitest';
import { isProtocolFrame } from '../../../main/dave/frame.ts';

const TAG = new Array<number>(8).fill(0xaa);

/** A frame: `media`, tag, the fields between tag and size, size and marker. */
function frame(media: readonly number[], middle: readonly number[], size?: number): Uint8Array {
  return Uint8Array.of(...media, ...TAG, ...middle, size ?? 11 + middle.length, 0xfa, 0xfa);
}

/** The same bytes in the middle of a larger buffer. */
function inPool(bytes: Uint8Array): Uint8Array {
  const pool = Uint8Array.of(0xfa, ...bytes, 0xfa, 0xfa);
  return pool.subarray(1, 1 + bytes.byteLength);
}

describe('protocol frame', () => {
  test.each([
    ['one-byte nonce', frame([1, 2, 3], [0x01])],
    ['five-byte nonce', frame([1, 2, 3], [0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['no media at all', frame([], [0x01])],
    ['ranges in order', frame([1, 2, 3, 4, 5, 6], [0x01, 0, 2, 4, 2])],
    ['a range up to the very end', frame([1, 2], [0x01, 0, 16])],
  ])('%s is one, also within a larger buffer', (_, bytes) => {
    expect(isProtocolFrame(bytes)).toBe(true);
    expect(isProtocolFrame(inPool(bytes))).toBe(true);
  });

  test.each([
    ['a size below the least', frame([1, 2, 3], [0x01], 10)],
    ['a size above the whole', frame([1, 2, 3], [0x01], 16)],
    ['no nonce', frame([1, 2, 3], [])],
    ['a nonce that does not end', frame([1, 2, 3], [0x80, 0x80])],
    ['a nonce of more than 64 bits', frame([1], [...new Array<number>(9).fill(0xff), 0x02])],
    ['half a range', frame([1, 2, 3], [0x01, 0])],
    ['a range that does not end', frame([1, 2, 3], [0x01, 0, 0x80])],
    ['ranges that overlap', frame([1, 2, 3, 4], [0x01, 0, 3, 2, 1])],
    ['ranges out of order', frame([1, 2, 3, 4], [0x01, 2, 1, 0, 1])],
    ['a range beyond the end', frame([1, 2], [0x01, 0, 19])],
    ['a range of 2^63 bytes', frame([1, 2], [0x01, 0, ...new Array<number>(9).fill(0xff), 0x00])],
    ['one byte of marker', Uint8Array.of(...frame([1, 2, 3], [0x01]).subarray(0, -1), 0xfb)],
    ['nothing', new Uint8Array(0)],
    ['only a marker', Uint8Array.of(0xfa, 0xfa)],
  ])('%s is not one', (_, bytes) => {
    expect(isProtocolFrame(bytes)).toBe(false);
    expect(isProtocolFrame(inPool(bytes))).toBe(false);
  });

  test('plain Opus that ends in the marker is not one', () => {
    const opus = Uint8Array.from({ length: 60 }, (_, index) => (index * 37) & 0xff);
    opus.set([0x78], 0);
    opus.set([0xfa, 0xfa], 58);
    for (const size of [0, 3, 10, 61, 255]) {
      opus[57] = size;
      expect(isProtocolFrame(opus)).toBe(false);
    }
  });

  test('no truncation of one is one', () => {
    const whole = frame([1, 2, 3], [0xac, 0x02]);
    for (let end = 0; end < whole.byteLength; end += 1)
      expect(isProtocolFrame(whole.subarray(0, end))).toBe(false);
  });
});
