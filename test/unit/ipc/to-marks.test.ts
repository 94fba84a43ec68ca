import { describe, expect, test } from 'vitest';
import { toGaps, toMarkers } from '../../../main/ipc/to-marks.ts';

describe('markers in the snapshot', () => {
  test('keep their number, which session.note takes', () => {
    const markers = [
      { samples: 480, note: '' },
      { samples: 960, note: 'Ship reveal' },
    ];
    expect(toMarkers(markers)).toEqual([
      { number: 0, samples: 480, note: '' },
      { number: 1, samples: 960, note: 'Ship reveal' },
    ]);
  });

  test('only the newest are in the snapshot, with their numbers among all', () => {
    const markers = Array.from({ length: 1234 }, (_, index) => ({ samples: index, note: '' }));
    const shown = toMarkers(markers);
    expect(shown).toHaveLength(200);
    expect(shown.at(0)).toEqual({ number: 1034, samples: 1034, note: '' });
    expect(shown.at(-1)).toEqual({ number: 1233, samples: 1233, note: '' });
  });
});

describe('gaps in the snapshot', () => {
  test('only the newest are in the snapshot, each with its reason', () => {
    const gaps = Array.from({ length: 201 }, (_, index) => ({
      reason: index === 200 ? ('pause' as const) : ('network' as const),
      fromSamples: index * 10,
      toSamples: index * 10 + 5,
    }));
    const shown = toGaps(gaps);
    expect(shown).toHaveLength(200);
    expect(shown.at(0)).toEqual({ reason: 'network', fromSamples: 10, toSamples: 15 });
    expect(shown.at(-1)).toEqual({ reason: 'pause', fromSamples: 2000, toSamples: 2005 });
  });
});
