import { describe, expect, test } from 'vitest';
import { manifestParts, NO_COUNTS } from '../../../main/recording/manifest.ts';
import { openStretches, stretches } from '../../../main/recording/stretches.ts';
import { readTalkMap } from '../../../main/recording/talk-map.ts';
import type { TalkRun } from '../../../main/recording/track/talk-runs.ts';
import { makeRecording } from '../../support/recording-folder.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

/** So many runs of a second, with pauses that grow. */
function runsOf(count: number): TalkRun[] {
  return Array.from({ length: count }, (_, run) => {
    const from = run * 48_000 + run * run;
    return [from, from + 48_000];
  });
}

async function mapOf(counts: readonly number[]): Promise<readonly (readonly TalkRun[])[]> {
  const recording = await makeRecording(await scratchFolder(), {
    samples: 960,
    tracks: [],
    manifest: {
      tracks: counts.map((count, index) => {
        const track = { userId: null, name: 'x', file: `tracks/${String(index)}-x.opus` };
        return { ...track, samples: 960, sha256: null, ...NO_COUNTS, talk: runsOf(count) };
      }),
    },
  });
  return [...(await readTalkMap(recording)).values()];
}

describe('a talk map', () => {
  test('is what the manifest says, up to 100,000 runs in all', async () => {
    const counts = [...new Array<number>(9).fill(10_000), 9_999, 1];
    expect(await mapOf(counts)).toEqual(counts.map(runsOf));
  });

  test('keeps the longest pauses past that, and each track its share', async () => {
    const maps = await mapOf([...new Array<number>(20).fill(10_000), 3, 2, 1]);
    expect(maps.slice(0, 20).map(({ length }) => length)).toEqual(new Array(20).fill(4_999));
    expect(maps.slice(20).map(({ length }) => length)).toEqual([1, 0, 0]);
    const all = runsOf(10_000);
    expect(maps[0]?.slice(1)).toEqual(all.slice(-4_998));
    expect(maps[0]?.[0]).toEqual([0, all.at(-4_999)?.[1]]);
    expect(maps[20]).toEqual([[0, runsOf(3)[2]?.[1]]]);
  });
});

describe('stretches', () => {
  test.each([
    [[], true, true],
    [[[0, 960]], true, true],
    [[[0, null]], false, true],
    [[[0, 2 ** 53]], false, false],
    [[[-1, 5]], false, false],
    [[[0.5, 5]], false, false],
    [[[0]], false, false],
    [[[0, 1, 2]], false, false],
    [[['0', '1']], false, false],
    [[{ 0: 0, 1: 1, length: 2 }], false, false],
    ['[[0,1]]', false, false],
    [new Array(4).fill([0, 1]), false, false],
  ])('%j', (value, closed, open) => {
    expect(stretches(3).safeParse(value).success).toBe(closed);
    expect(openStretches(3).safeParse(value).success).toBe(open);
  });

  test('of a track are 10,000 at most', () => {
    const track = { userId: null, name: 'x', file: 'tracks/01-x.opus', samples: 1, sha256: null };
    const parse = (count: number): boolean =>
      manifestParts.track.safeParse({ ...track, ...NO_COUNTS, talk: runsOf(count) }).success;
    expect([parse(10_000), parse(10_001)]).toEqual([true, false]);
  });
});
