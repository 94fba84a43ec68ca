import { describe, expect, test } from 'vitest';
import { ReceivedSeq } from '../../../main/voice/received-seq.ts';

function newestAfter(...seqs: number[]): number {
  const received = new ReceivedSeq();
  for (const seq of seqs) received.take(seq);
  return received.newest;
}

describe('received seq', () => {
  test('is -1 before the first number', () => {
    expect(newestAfter()).toBe(-1);
  });

  test('starts at whatever number comes first, 0 and 65535 included', () => {
    expect(newestAfter(0)).toBe(0);
    expect(newestAfter(65_535)).toBe(65_535);
  });

  test('is the newest number, also when numbers come out of order or twice', () => {
    expect(newestAfter(1, 3, 2, 3)).toBe(3);
  });

  test('crosses the wrap of 16 bits, and does not go back to an older number', () => {
    expect(newestAfter(65_534, 65_535, 0, 1)).toBe(1);
    expect(newestAfter(65_535, 0, 65_535)).toBe(0);
  });

  test('keeps a JSON number beyond 16 bits', () => {
    expect(newestAfter(65_535, 65_536, 65_537)).toBe(65_537);
  });
});
