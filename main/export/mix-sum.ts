import type { SumBlock } from './limiter.ts';

/** Sum of pieces of the same length: 16-bit values where all of them fit, else whole numbers. `count` sets the length. */
export function sumBlocks(blocks: readonly Int16Array[], count: number): SumBlock {
  const sum = new Int16Array(count);
  const [first, ...others] = blocks;
  if (first === undefined) return sum;
  sum.set(first);
  let tooLarge = false;
  // While every partial sum fits, 16 bits hold it; the first one that does not sends the whole piece to 32 bits.
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
  // A partial sum may have been too large and the whole one fit; the limiter tells by the type what needs it.
  return sum.every((value) => value === (value << 16) >> 16) ? Int16Array.from(sum) : sum;
}

/** Adds `other` to `into`, each value kept within 16 bits. */
export function addClamped(into: Int16Array, other: Int16Array): void {
  for (let index = 0; index < into.length; index += 1) {
    const value = (into[index] ?? 0) + (other[index] ?? 0);
    into[index] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
  }
}
