import { describe, expect, test } from 'vitest';
import {
  SILENT_METER,
  isMoving,
  litSegments,
  meterLayout,
  nextMeter,
} from '../../../renderer/speakers/meter.ts';

describe('level meter', () => {
  test('rises at once', () => {
    expect(nextMeter(SILENT_METER, -12, 0).levelDb).toBe(-12);
  });

  test('falls 20 dB a second', () => {
    const loud = nextMeter(SILENT_METER, -10, 0);
    expect(nextMeter(loud, -100, 500).levelDb).toBe(-20);
  });

  test('holds the peak for a second and a half, then lets it go', () => {
    const loud = nextMeter(SILENT_METER, -10, 0);
    const held = nextMeter(loud, -100, 1499);
    expect(held.heldDb).toBe(-10);
    expect(nextMeter(held, -100, 1).heldDb).toBeLessThan(-30);
  });

  test('comes to rest in silence', () => {
    const loud = nextMeter(SILENT_METER, 0, 0);
    expect(isMoving(loud)).toBe(true);
    expect(isMoving(nextMeter(loud, -100, 10_000))).toBe(false);
  });

  test.each([
    [-100, 0],
    [-60, 0],
    [-59, 1],
    [-9, 17],
    [-8.9, 18],
    [0, 20],
    [6, 20],
  ])('%f dB light %i of 20 segments', (db, lit) => {
    expect(litSegments(db)).toBe(lit);
  });

  test('narrow meters have 10 segments', () => {
    expect(meterLayout(100, 1)).toEqual({ segments: 20, pitch: 5 });
    expect(meterLayout(60, 1)).toEqual({ segments: 10, pitch: 6 });
    expect(meterLayout(200, 2)).toEqual({ segments: 20, pitch: 10 });
  });
});
