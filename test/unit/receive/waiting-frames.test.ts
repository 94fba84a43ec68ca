import { describe, expect, test } from 'vitest';
import { type WaitingFrame, WaitingFrames } from '../../../main/receive/waiting-frames.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';

function frame(sequence: number, arrivedAtMs: number, bytes = 60): WaitingFrame {
  return {
    ...{
      sequence,
      arrivedAtMs,
      earliestAtMs: arrivedAtMs,
      timestamp: toRtpTimestamp(sequence * 960),
    },
    payload: new Uint8Array(bytes),
  };
}

function numbers(frames: readonly WaitingFrame[]): number[] {
  return frames.map(({ sequence }) => sequence);
}

describe('frames that wait for their key', () => {
  test('are given up when they have waited 2 s, and no others', () => {
    const waiting = new WaitingFrames();
    for (let index = 0; index < 5; index += 1) waiting.hold(frame(index, index * 20));
    expect(waiting.overdue(1999)).toEqual([]);
    expect(numbers(waiting.overdue(2_041))).toEqual([0, 1, 2]);
    expect(numbers(waiting.overdue(2_041))).toEqual([]);
    expect(numbers(waiting.overdue(Infinity))).toEqual([3, 4]);
  });

  test('go on when a key opens them, each once, in order', () => {
    const waiting = new WaitingFrames();
    for (let index = 0; index < 4; index += 1) waiting.hold(frame(index, 0));
    const offered: number[] = [];
    waiting.retry(({ sequence }) => {
      offered.push(sequence);
      return sequence % 2 === 0 ? 'taken' : 'waits';
    });
    expect(offered).toEqual([0, 1, 2, 3]);
    expect(numbers(waiting.overdue(Infinity))).toEqual([1, 3]);
  });

  test('take a fixed size at most: the oldest go first', () => {
    const waiting = new WaitingFrames();
    const given = Array.from({ length: 300 }, (_, index) =>
      waiting.hold(frame(index, index, 1_275)),
    ).flat();
    const held = Math.floor((256 * 1024) / (1_275 + 128));
    expect(numbers(given)).toEqual(Array.from({ length: 300 - held }, (_, index) => index));
    expect(waiting.overdue(Infinity)).toHaveLength(held);
    const empty = Array.from({ length: 10_000 }, (_, index) => waiting.hold(frame(index, 0, 0)));
    expect(empty.flat().length).toBeGreaterThan(10_000 - 2_100);
  });

  test('make room again when they are taken', () => {
    const waiting = new WaitingFrames();
    for (let round = 0; round < 10; round += 1) {
      for (let index = 0; index < 150; index += 1) {
        expect(waiting.hold(frame(index, 0, 1_275))).toEqual([]);
      }
      waiting.retry(() => 'taken');
    }
    expect(waiting.overdue(Infinity)).toEqual([]);
  });
});
