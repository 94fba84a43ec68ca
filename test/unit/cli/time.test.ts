import { describe, expect, test } from 'vitest';
import { formatTime } from '../../../main/base/format-time.ts';
import { parseTime } from '../../../main/cli/time.ts';

describe('time', () => {
  test.each([
    ['0', 0],
    ['90', 90 * 48_000],
    ['1.5', 72_000],
    ['.5', 24_000],
    ['2.', 96_000],
    ['0:00:00', 0],
    ['0:01:02', 62 * 48_000],
    ['1:02:03.25', 3723.25 * 48_000],
    ['100:00:00', 360_000 * 48_000],
    ['0:00:59.999', 2_879_952],
  ])('%s is a time', (text, samples) => {
    expect(parseTime(text)).toBe(samples);
  });

  test.each(['', ' 1', '-1', '+1', '1e3', 'NaN', '1,5', '1:02', '0:60:00', '0:00:60', '0:1:02'])(
    '“%s” is none',
    (text) => {
      expect(parseTime(text)).toBeNull();
    },
  );

  test.each(['0:00', '.', '0:00:00.', '1:00:00:00', '1e9', '10000000000', '0x10', '１'])(
    '“%s” is none either',
    (text) => {
      expect(parseTime(text)).toBeNull();
    },
  );

  test('what is written can be read', () => {
    for (const samples of [0, 48_000, 72_000, 3723 * 48_000 + 12_000, 48]) {
      expect(parseTime(formatTime(samples))).toBe(samples);
    }
    expect(formatTime(178_716_000)).toBe('1:02:03.250');
  });
});
