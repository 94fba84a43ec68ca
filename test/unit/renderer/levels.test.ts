import { describe, expect, test } from 'vitest';
import { LevelStore } from '../../../renderer/bridge/level-store.ts';
import { voiceOf } from '../../../renderer/speakers/lane-state.ts';

const TRACK = 'tracks/01-mara.opus';
const BATCH = 2400;

function batches(levels: LevelStore, peaks: readonly number[]): void {
  for (const peakDb of peaks) {
    const samples = levels.samples + BATCH;
    levels.accept({ samples, speakers: [{ track: TRACK, peakDb, bars: [], losses: [] }] });
  }
}

describe('levels', () => {
  test('somebody who was never heard has not spoken yet', () => {
    const levels = new LevelStore();
    batches(levels, [-100, -100]);
    expect(voiceOf(levels, TRACK)).toBe('not-yet');
    expect(voiceOf(levels, null)).toBe('not-yet');
  });

  test('sound in a single batch is not speaking', () => {
    const levels = new LevelStore();
    batches(levels, [-20, -100]);
    expect(voiceOf(levels, TRACK)).toBe('quiet-0');
  });

  test('speaking lasts through pauses shorter than 400 ms', () => {
    const levels = new LevelStore();
    batches(levels, [-20, -20, ...Array.from({ length: 7 }, () => -100)]);
    expect(voiceOf(levels, TRACK)).toBe('speaking');
    batches(levels, [-100]);
    expect(voiceOf(levels, TRACK)).toBe('quiet-0');
  });

  test('silence is counted in whole seconds', () => {
    const levels = new LevelStore();
    batches(levels, [-20, -20, ...Array.from({ length: 59 }, () => -100)]);
    expect(voiceOf(levels, TRACK)).toBe('quiet-2');
  });

  test('a bar that comes again replaces the one before', () => {
    const levels = new LevelStore();
    levels.accept({
      samples: 9600,
      speakers: [{ track: TRACK, peakDb: -30, bars: [[0, -30]], losses: [] }],
    });
    levels.accept({
      samples: 12_000,
      speakers: [{ track: TRACK, peakDb: -20, bars: [[0, -20]], losses: [] }],
    });
    expect(levels.track(TRACK)?.barAt(0)).toBe(-20);
    expect(levels.track(TRACK)?.firstBar).toBe(0);
  });

  test('bars older than the 2048 kept are forgotten, not mistaken for newer ones', () => {
    const levels = new LevelStore();
    levels.accept({
      samples: 1,
      speakers: [{ track: TRACK, peakDb: -30, bars: [[5, -30]], losses: [] }],
    });
    levels.accept({
      samples: 2,
      speakers: [{ track: TRACK, peakDb: -9, bars: [[5 + 2048, -9]], losses: [] }],
    });
    expect(levels.track(TRACK)?.barAt(5)).toBeNull();
    expect(levels.track(TRACK)?.barAt(5 + 2048)).toBe(-9);
  });

  test('a shorter length means another recording, and the old sound is forgotten', () => {
    const levels = new LevelStore();
    batches(levels, [-20, -20]);
    levels.accept({ samples: 100, speakers: [] });
    expect(levels.track(TRACK)).toBeNull();
  });

  test('speakers missing from a batch fall silent', () => {
    const levels = new LevelStore();
    batches(levels, [-20, -20]);
    for (let batch = 0; batch < 10; batch += 1) {
      levels.accept({ samples: levels.samples + BATCH, speakers: [] });
    }
    expect(levels.speakingCount()).toBe(0);
  });

  test('a loss is kept by its bar, in its newest form, until the bar is too old', () => {
    const levels = new LevelStore();
    const lose = (bar: number, lost: number) => {
      const losses = [{ bar, lost, late: 0, undecryptable: 0 }];
      levels.accept({ samples: bar, speakers: [{ track: TRACK, peakDb: -100, bars: [], losses }] });
    };
    lose(5, 1);
    lose(5, 3);
    expect(levels.track(TRACK)?.lossAt(5)).toEqual({
      bar: 5,
      lost: 3,
      late: 0,
      undecryptable: 0,
    });
    expect(levels.track(TRACK)?.lossAt(4)).toBeNull();
    lose(5 + 2048, 1);
    expect(levels.track(TRACK)?.lossAt(5)).toBeNull();
  });

  test('the oldest new bar is one with sound or one with a loss', () => {
    const levels = new LevelStore();
    const losses = [{ bar: 7, lost: 1, late: 0, undecryptable: 0 }];
    const bars = [[9, -20]] as const;
    levels.accept({ samples: 1, speakers: [{ track: TRACK, peakDb: -20, bars, losses }] });
    expect(levels.oldestNewBar).toBe(7);
    levels.accept({ samples: 2, speakers: [{ track: TRACK, peakDb: -20, bars, losses: [] }] });
    expect(levels.oldestNewBar).toBe(9);
    levels.accept({ samples: 3, speakers: [{ track: TRACK, peakDb: -20, bars: [], losses: [] }] });
    expect(levels.oldestNewBar).toBe(Infinity);
  });
});
