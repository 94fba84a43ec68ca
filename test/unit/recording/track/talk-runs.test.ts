import { describe, expect, test } from 'vitest';
import { TalkRuns } from '../../../../main/recording/track/talk-runs.ts';

const SPEECH = Uint8Array.of(0x78, 1, 2, 3);
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const SECOND = 48_000;

function say(runs: TalkRuns, position: number, packet = SPEECH): void {
  runs.add({ position, durationSamples: 960, packet });
}

describe('talk runs', () => {
  test('pauses of up to half a second belong to a run, silence to none', () => {
    const runs = new TalkRuns();
    say(runs, -312);
    say(runs, 648, SILENCE);
    say(runs, 648 + SECOND / 2);
    say(runs, 3 * SECOND);
    say(runs, 3 * SECOND + 960 + SECOND / 2);
    expect(runs.runs()).toEqual([
      [0, 648 + SECOND / 2 + 960],
      [3 * SECOND, 3 * SECOND + 2 * 960 + SECOND / 2],
    ]);
  });

  test('beyond 2000 runs longer pauses are bridged, and everybody who spoke is still in one', () => {
    const runs = new TalkRuns();
    const positions = Array.from({ length: 10_000 }, (_, number) => number * 4 * SECOND);
    for (const position of positions) say(runs, position);
    const all = runs.runs();
    expect(all.length).toBeLessThanOrEqual(2_000);
    expect(positions.filter((at) => !all.some(([from, to]) => from <= at && at < to))).toEqual([]);
  });

  test('two thousand pauses of any length are all kept', () => {
    const runs = new TalkRuns();
    for (let number = 0; number < 2_000; number += 1) say(runs, number * SECOND);
    expect(runs.runs()).toHaveLength(2_000);
    for (let number = 0; number < 2_000; number += 1) say(runs, (3_000 + number * 600) * SECOND);
    const all = runs.runs();
    expect(all.length).toBeLessThanOrEqual(2_000);
    expect(all.at(-1)?.[1]).toBe((3_000 + 1_999 * 600) * SECOND + 960);
  });
});
