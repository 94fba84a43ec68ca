import { describe, expect, test } from 'vitest';
import { BAR_SAMPLES } from '../../../preload/contract/events.ts';
import {
  barHeight,
  barX,
  barsBetween,
  fittingLaneHeight,
  gridBars,
  headPosition,
  tapeScale,
} from '../../../renderer/waveform/geometry.ts';

describe('lane heights', () => {
  test.each([
    [6, 532, 88],
    [12, 532, 44],
    [25, 532, 21],
    [6, 356, 56],
    [16, 356, 21],
    [9, 812, 88],
    [25, 812, 30],
  ])('%i lanes in %i pixels are %i high', (count, available, height) => {
    expect(fittingLaneHeight(count, available)).toBe(height);
  });

  test('lanes that do not fit at the lowest step keep it and scroll', () => {
    expect(fittingLaneHeight(60, 532)).toBe(21);
  });

  test('lanes never grow beyond the ceiling', () => {
    expect(fittingLaneHeight(2, 532, 44)).toBe(44);
  });
});

describe('tape', () => {
  const scale = tapeScale(1);

  test('runs at 15 pixels a second', () => {
    expect(headPosition(48_000, scale)).toBe(15);
  });

  test.each([1, 1.25, 1.5, 2, 3])('at %f device pixels bars begin on whole pixels', (ratio) => {
    const { pitch, bar } = tapeScale(ratio);
    expect(Number.isInteger(pitch)).toBe(true);
    expect(bar).toBeLessThan(pitch);
  });

  test('moves by whole seconds with reduced motion', () => {
    expect(headPosition(48_000 * 1.9, scale, 5)).toBe(15);
  });

  test('the newest bar ends at the head line', () => {
    const view = { head: headPosition(100 * BAR_SAMPLES, scale), width: 864 };
    expect(barX(99, view, scale) + scale.pitch).toBe(864);
  });

  test('a range of columns gives exactly the bars that touch it', () => {
    const view = { head: 300, width: 864 };
    expect(barsBetween({ fromX: 864 - 6, toX: 864 }, view, scale)).toEqual([98, 99]);
    expect(barsBetween({ fromX: 0, toX: 864 }, view, scale)).toEqual([0, 99]);
  });

  test('a bar is one pixel at −48 dB and leaves the headroom of its density at 0 dB', () => {
    expect(barHeight(-48, 88)).toBe(1);
    expect(barHeight(-90, 88)).toBe(1);
    expect(barHeight(0, 88)).toBe(72);
    expect(barHeight(0, 30)).toBe(24);
    expect(barHeight(0, 21)).toBe(18);
    expect(barHeight(3, 21)).toBe(18);
  });

  test('the ruler has a line every ten seconds and none before the start', () => {
    expect(gridBars(120, 288)).toEqual([0, 50, 100]);
    expect(gridBars(400, 120)).toEqual([300, 350, 400]);
  });
});
