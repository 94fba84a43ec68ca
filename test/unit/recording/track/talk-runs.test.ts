import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { TalkRuns } from '../../../../main/recording/track/talk-runs.ts';

const SPEECH = Uint8Array.of(0x78, 1, 2, 3);
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const SECOND = 48_000;

function say(runs: TalkRuns, position: number, packet = SPEECH): void {
  runs.add({ position, durationSamples: 960, packet });
}

describe('talk runs', () => {
  test('pauses shorter than half a second belong to a run, silence to none', () => {
    const runs = new TalkRuns();
    say(runs, -312);
    say(runs, 648, SILENCE);
    say(runs, 647 + SECOND / 2);
    say(runs, 3 * SECOND);
    say(runs, 3 * SECOND + 960 + SECOND / 2);
    const [first, second, third] = [647 + SECOND / 2 + 960, 3 * SECOND, 3 * SECOND + SECOND / 2];
    expect(runs.runs()).toEqual([
      [0, first],
      [second, second + 960],
      [third + 960, third + 1_920],
    ]);
    expect(runs.runs(third + 1_000)).toEqual([
      [0, first],
      [second, second + 960],
      [third + 960, third + 1_000],
    ]);
    expect(runs.runs(third)).toHaveLength(2);
  });

  test.each([10_000, 10_001, 25_000, 61_234])(
    'of %i runs the shortest pauses are joined until 10,000 are left',
    (count) => {
      const runs = new TalkRuns();
      const random = new SeededRandom(count);
      const spoken: [number, number][] = [];
      for (let at = 0; spoken.length < count;) {
        say(runs, at);
        spoken.push([at, at + 960]);
        at += 960 + SECOND / 2 + Math.floor(random.next() * 100 * SECOND);
      }
      // The expected value: all pauses sorted at once.
      const pauses = spoken.slice(1).map(([from], index) => from - (spoken[index]?.[1] ?? 0));
      const least = pauses.toSorted((a, b) => b - a)[9_998] ?? 0;
      const expected: [number, number][] = [];
      for (const [index, [from, to]] of spoken.entries()) {
        const last = expected.at(-1);
        if (last !== undefined && (pauses[index - 1] ?? 0) < least) last[1] = to;
        else expected.push([from, to]);
      }
      expect(runs.runs()).toHaveLength(10_000);
      expect(runs.runs()).toEqual(expected);
    },
  );

  test('of equal pauses as many are kept as fit', () => {
    const runs = new TalkRuns();
    for (let number = 0; number < 30_000; number += 1) say(runs, number * SECOND);
    const all = runs.runs();
    expect(all).toHaveLength(10_000);
    expect([all[0]?.[0], all.at(-1)?.[1]]).toEqual([0, 29_999 * SECOND + 960]);
  });
});
