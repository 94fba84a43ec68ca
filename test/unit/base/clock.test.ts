import { expect, test } from 'vitest';
import { createClock } from '../../../main/base/clock.ts';

/** A computer with its three clocks, in milliseconds. */
function computer() {
  const at = { runningMs: 5_000, upMs: 90_000, wallMs: 1_795_000_000_000 };
  const clock = createClock({
    runningMs: () => at.runningMs,
    upMs: () => at.upMs,
    wallMs: () => at.wallMs,
  });
  const pass = (change: { running: number; up?: number; wall?: number }): number => {
    at.runningMs += change.running;
    at.upMs += change.up ?? change.running;
    at.wallMs += change.wall ?? change.running;
    return clock.monotonicMs();
  };
  return { clock, pass };
}

test('the clock counts the time in which the computer slept, once', () => {
  const { clock, pass } = computer();
  expect(clock.monotonicMs()).toBe(5_000);
  expect(pass({ running: 20 })).toBe(5_020);
  expect(pass({ running: 10, up: 3_600_010 })).toBe(5_030); // the clocks are not compared yet
  expect(pass({ running: 10 })).toBe(3_605_040);
  expect(pass({ running: 5_000 })).toBe(3_610_040);
});

test('a stop of this process between two readings is no sleep', () => {
  let runningMs = 5_000;
  let stopMs = 0;
  const clock = createClock({
    runningMs: () => runningMs,
    upMs: () => {
      runningMs += stopMs;
      stopMs = 0;
      return runningMs + 85_000;
    },
    wallMs: () => 0,
  });
  runningMs += 20;
  stopMs = 5_000;
  clock.monotonicMs();
  for (let look = 0; look < 3; look += 1) {
    runningMs += 20;
    expect(clock.monotonicMs()).toBe(runningMs);
  }
});

test('neither jumps of the wall clock nor inexact readings move it', () => {
  const { clock, pass } = computer();
  expect(pass({ running: 2_000, wall: -7_200_000 })).toBe(7_000);
  expect(clock.wallMs()).toBe(1_794_992_800_000);
  for (let second = 1; second <= 100; second += 1)
    pass({ running: 1_010, up: 1_000 + (second % 2) * 30 });
  expect(clock.monotonicMs()).toBe(7_000 + 101_000);
});
