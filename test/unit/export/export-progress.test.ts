import { describe, expect, test } from 'vitest';
import { ProgressMeter } from '../../../main/export/export-progress.ts';
import type { ExportProgress } from '../../../main/export/export-request.ts';

function meter(fileCount: number, weight: number) {
  const told: ExportProgress[] = [];
  const clock = { ms: 0 };
  const progress = new ProgressMeter({
    onProgress: (each) => told.push(each),
    nowMs: () => clock.ms,
    fileCount,
    weight,
  });
  return { told, clock, progress };
}

describe('progress meter', () => {
  test('tells at most ten times a second', () => {
    const { told, clock, progress } = meter(1, 1000);
    for (; clock.ms < 1000; clock.ms += 1) progress.advance('a.wav', clock.ms);
    expect(told).toHaveLength(10);
  });

  test('adds up files that are written at the same time', () => {
    const { told, clock, progress } = meter(2, 200);
    progress.advance('a.wav', 50);
    clock.ms = 100;
    progress.advance('b.wav', 70);
    expect(told.at(-1)).toEqual({
      fileCount: 2,
      filesDone: 0,
      fraction: 0.6,
      currentFile: 'b.wav',
    });
  });

  test('the end is always told, also within 100 ms of the message before', () => {
    const { told, progress } = meter(2, 200);
    progress.advance('a.wav', 100);
    progress.finish('a.wav', 100);
    progress.finish('b.wav', 100);
    expect(told.at(-1)).toEqual({ fileCount: 2, filesDone: 2, fraction: 1, currentFile: null });
  });

  test('files without samples are done at once', () => {
    const { told, progress } = meter(1, 0);
    progress.finish('a.wav', 0);
    expect(told.at(-1)?.fraction).toBe(1);
  });
});
