import type { SeededRandom } from '../../../main/base/seeded-random.ts';

/** Bytes at the limits of lengths and counts. */
const EXTREMES = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xfa, 0xfe, 0xff];

type Change = (bytes: Buffer, random: SeededRandom, other: Uint8Array) => Uint8Array;

const CHANGES: readonly Change[] = [
  (bytes, random) => bytes.subarray(0, random.integer(bytes.byteLength + 1)),
  (bytes, random) => bytes.subarray(random.integer(bytes.byteLength + 1)),
  (bytes, random) => Buffer.concat([bytes, random.bytes(1 + random.integer(40))]),
  flipped,
  flipped,
  extreme,
  extreme,
  (bytes, random, other) => {
    const [at, from] = [random.integer(bytes.byteLength + 1), random.integer(other.byteLength + 1)];
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from)]);
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]); // a stretch twice
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return Buffer.from(bytes).fill(EXTREMES[random.integer(EXTREMES.length)] ?? 0, from, to);
  },
  (bytes, random) => random.bytes(random.integer(bytes.byteLength + 20)),
];

/** A copy of `bytes`, cut, lengthened, spliced with `other`, or with flipped bits or extreme numbers in it. */
export function changedBytes(
  bytes: Uint8Array,
  random: SeededRandom,
  other: Uint8Array = bytes,
): Uint8Array {
  const change = CHANGES[random.integer(CHANGES.length)] ?? flipped;
  return change(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), random, other);
}

function flipped(bytes: Buffer, random: SeededRandom): Buffer {
  const changed = Buffer.from(bytes);
  for (let flips = random.integer(4); flips >= 0 && bytes.byteLength > 0; flips -= 1) {
    const at = random.integer(bytes.byteLength);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << random.integer(8)), at);
  }
  return changed;
}

/** Writes an extreme number within 40 bytes of the beginning or of the end, where length fields are. */
function extreme(bytes: Buffer, random: SeededRandom): Buffer {
  const changed = Buffer.from(bytes);
  if (bytes.byteLength === 0) return changed;
  const near = random.integer(Math.min(bytes.byteLength, 40));
  const at = random.next() < 0.7 ? near : bytes.byteLength - 1 - near;
  const value = EXTREMES[random.integer(EXTREMES.length)] ?? 0;
  return changed.fill(value, at, Math.min(bytes.byteLength, at + (random.next() < 0.5 ? 1 : 4)));
}

function stretch(bytes: Uint8Array, random: SeededRandom): [from: number, to: number] {
  const [a, b] = [random.integer(bytes.byteLength + 1), random.integer(bytes.byteLength + 1)];
  return a < b ? [a, b] : [b, a];
}
