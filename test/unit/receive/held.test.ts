import { describe, expect, test } from 'vitest';
import { Held, type Holdable } from '../../../main/receive/held.ts';

const WAIT_MS = 2_000;
const MOST_BYTES = 256 * 1024;

interface Numbered extends Holdable {
  readonly number: number;
}

function packet(number: number, arrivedAtMs: number, bytes = 60): Numbered {
  const arrival = { latestMs: arrivedAtMs, earliestMs: arrivedAtMs };
  return { number, arrival, payload: new Uint8Array(bytes) };
}

function numbers(packets: readonly Numbered[]): number[] {
  return packets.map(({ number }) => number);
}

describe('packets that wait', () => {
  test('are overdue when they have waited 2 s, and no others', () => {
    const held = new Held<Numbered>();
    for (let index = 0; index < 5; index += 1) held.hold(packet(index, index * 20));
    expect(held.takeOverdue(WAIT_MS, 1_999)).toEqual([]);
    expect(numbers(held.takeOverdue(WAIT_MS, 2_041))).toEqual([0, 1, 2]);
    expect(numbers(held.takeOverdue(WAIT_MS, 2_041))).toEqual([]);
    expect(numbers(held.takeOverdue(WAIT_MS, Infinity))).toEqual([3, 4]);
    expect(held.bytes).toBe(0);
  });

  test('are offered once each, in order, and stay unless taken', () => {
    const held = new Held<Numbered>();
    for (let index = 0; index < 4; index += 1) held.hold(packet(index, 0));
    const offered: number[] = [];
    held.offer(({ number }) => {
      offered.push(number);
      return number % 2 === 0 ? 'taken' : 'waits';
    });
    expect(offered).toEqual([0, 1, 2, 3]);
    expect(numbers(held.takeOverdue(WAIT_MS, Infinity))).toEqual([1, 3]);
  });

  test('are taken out above a size, the oldest first', () => {
    const held = new Held<Numbered>();
    const taken = Array.from({ length: 300 }, (_, index) => {
      held.hold(packet(index, index, 1_275));
      return held.takeAbove(MOST_BYTES);
    }).flat();
    const kept = Math.floor(MOST_BYTES / (1_275 + 128));
    expect(numbers(taken)).toEqual(Array.from({ length: 300 - kept }, (_, index) => index));
    expect(held.takeOverdue(WAIT_MS, Infinity)).toHaveLength(kept);
  });

  test('count towards the size also when they are empty', () => {
    const held = new Held<Numbered>();
    for (let index = 0; index < 10_000; index += 1) {
      held.hold(packet(index, 0, 0));
      held.takeAbove(MOST_BYTES);
    }
    expect(held.packets).toHaveLength(2_048);
  });

  test('make room again when they are taken', () => {
    const held = new Held<Numbered>();
    for (let round = 0; round < 10; round += 1) {
      for (let index = 0; index < 150; index += 1) held.hold(packet(index, 0, 1_275));
      expect(held.takeAbove(MOST_BYTES)).toEqual([]);
      held.offer(() => 'taken');
    }
    expect(held.bytes).toBe(0);
  });

  test('are replaced in their place; of several that match, the oldest', () => {
    const held = new Held<Numbered>();
    for (const number of [1, 2, 2, 3]) held.hold(packet(number, 0));
    held.replace(
      ({ number }) => number === 2,
      (found) => ({ ...found, number: 9 }),
    );
    held.replace(
      ({ number }) => number === 7,
      (found) => ({ ...found, number: 8 }),
    );
    expect(numbers(held.packets)).toEqual([1, 9, 2, 3]);
  });
});
