import { describe, expect, test } from 'vitest';
import { writeSamples } from '../../../main/export/sample-format.ts';

const EXTREMES = Int16Array.of(0, 1, -1, 32_767, -32_768, 0x1234, -0x1234);
const scratch = new ArrayBuffer(EXTREMES.length * 4);

describe('write samples', () => {
  test('16 bit is the samples’ own memory', () => {
    const pool = Int16Array.of(9, 9, 1, -2);
    expect(writeSamples(pool.subarray(2), '16', scratch)).toEqual(Uint8Array.of(1, 0, 0xfe, 0xff));
  });

  test('24 bit is the value times 256', () => {
    const view = new DataView(new ArrayBuffer(EXTREMES.length * 3 + 1));
    new Uint8Array(view.buffer).set(writeSamples(EXTREMES, '24', scratch), 1);
    const values = Array.from(EXTREMES, (_, index) => view.getInt32(index * 3, true) >> 8);
    expect(values).toEqual(Array.from(EXTREMES, (value) => value * 256));
  });

  test('float is the value divided by 32768', () => {
    const bytes = writeSamples(EXTREMES, '32f', scratch);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const values = Array.from(EXTREMES, (_, index) => view.getFloat32(index * 4, true) * 32_768);
    expect(values.map((value) => value + 0)).toEqual([...EXTREMES]);
  });
});
