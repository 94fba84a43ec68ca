import type { SumBlock } from './limiter.ts';

/** Sum of blocks of `count` values each: Int16Array when every sum fits into 16 bits, else Int32Array. */
export function sumBlocks(blocks: readonly Int16Array[], count: number): SumBlock {
  const sum = new Int16Array(count);
  const [first, ...others] = blocks;
  if (first === undefined) return sum;
  sum.set(first);
  let tooLarge = false;
  // Partial sums are kept in 16 bits; where one does not fit, the whole block is summed again in 32 bits.
  for (const block of others) {
    for (let index = 0; index < count; index += 1) {
      const value = (sum[index] ?? 0) + (block[index] ?? 0);
      sum[index] = value;
      tooLarge ||= value !== (value << 16) >> 16;
    }
  }
  return tooLarge ? wideSum(blocks, count) : sum;
}

function wideSum(blocks: readonly Int16Array[], count: number): SumBlock {
  const sum = new Int32Array(count);
  for (const block of blocks)
    for (let index = 0; index < count; index += 1)
      sum[index] = (sum[index] ?? 0) + (block[index] ?? 0);
  // A partial sum can overflow although the whole sum fits; the type tells the limiter whether it has to work.
  return sum.every((value) => value === (value << 16) >> 16) ? Int16Array.from(sum) : sum;
}

/** Adds `other` to `into`, each value kept within 16 bits. */
export function addClamped(into: Int16Array, other: Int16Array): void {
  for (let index = 0; index < into.length; index += 1) {
    const value = (into[index] ?? 0) + (other[index] ?? 0);
    into[index] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
  }
}
