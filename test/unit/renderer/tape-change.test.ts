import { describe, expect, test } from 'vitest';
import { changeBetween } from '../../../renderer/waveform/tape-change.ts';
import type { LaneOnTape, TapeContent } from '../../../renderer/waveform/tape-content.ts';

const BAR = 9600;

const lane = (change: Partial<LaneOnTape> = {}): LaneOnTape => ({
  track: 'tracks/01-mara.opus',
  personNumber: 1,
  leftAtSamples: null,
  ...change,
});

const content = (change: Partial<TapeContent> = {}): TapeContent => ({
  lanes: [lane(), lane(), lane()],
  laneHeight: 88,
  gaps: [],
  markers: [],
  ...change,
});

const nothing = { kind: 'some', fromBar: Infinity, lanes: [] };

describe('what of a tape is drawn again', () => {
  test('the same content: nothing', () => {
    expect(changeBetween(content(), content())).toEqual(nothing);
  });

  test('other lanes or another height: everything', () => {
    const everything = { kind: 'everything' };
    expect(changeBetween(content(), content({ laneHeight: 72 }))).toEqual(everything);
    expect(changeBetween(content(), content({ lanes: [lane()] }))).toEqual(everything);
  });

  test('somebody leaves or comes back: the lane from there on', () => {
    const here = content();
    const gone = content({ lanes: [lane({ leftAtSamples: 300 * BAR }), lane(), lane()] });
    const lanes = [{ index: 0, fromBar: 300 }];
    expect(changeBetween(here, gone)).toEqual({ ...nothing, lanes });
    expect(changeBetween(gone, here)).toEqual({ ...nothing, lanes });
  });

  test('a lane gets its track: that whole lane', () => {
    const before = content({ lanes: [lane(), lane(), lane({ track: null })] });
    expect(changeBetween(before, content())).toEqual({
      ...nothing,
      lanes: [{ index: 2, fromBar: 0 }],
    });
  });

  test('a marker: all lanes from its bar on', () => {
    const after = content({ markers: [50 * BAR, 70.5 * BAR] });
    expect(changeBetween(content({ markers: [50 * BAR] }), after)).toEqual({
      ...nothing,
      fromBar: 70,
    });
  });

  test('a gap: all lanes from where it begins; its end: all lanes from there on', () => {
    const open = content({ gaps: [{ fromSamples: 20 * BAR, toSamples: null }] });
    const closed = content({ gaps: [{ fromSamples: 20 * BAR, toSamples: 40 * BAR }] });
    expect(changeBetween(content(), open)).toEqual({ ...nothing, fromBar: 20 });
    expect(changeBetween(open, closed)).toEqual({ ...nothing, fromBar: 40 });
    expect(changeBetween(closed, content())).toEqual({ ...nothing, fromBar: 20 });
  });

  test('a gap whose beginning moves back: all lanes from there on', () => {
    const guessed = content({ gaps: [{ fromSamples: 20 * BAR, toSamples: null }] });
    const known = content({ gaps: [{ fromSamples: 19.5 * BAR, toSamples: 40 * BAR }] });
    expect(changeBetween(guessed, known)).toEqual({ ...nothing, fromBar: 19 });
  });
});
