import { describe, expect, test } from 'vitest';
import { BAR_SAMPLES, KEPT_BARS } from '../../../preload/contract/events.ts';
import { LossTally } from '../../../main/session/loss-tally.ts';

const SECOND = 48_000;
const TRACK = 'tracks/01-Mara.opus';
const NONE = { packets: 0, lost: 0, late: 0, undecryptable: 0 };

/** A tally of one track, given its counts once a second from second 10 on. */
function tallied(...counts: readonly Partial<typeof NONE>[]): LossTally {
  const tally = new LossTally();
  for (const [second, change] of counts.entries())
    tally.look(TRACK, { ...NONE, ...change }, (10 + second) * SECOND);
  return tally;
}

const lossesOf = (tally: LossTally) => tally.kept().get(TRACK) ?? [];

describe('losses by bar', () => {
  test('are in the bar in which they are first seen', () => {
    const tally = tallied({}, { lost: 3 }, { lost: 3 });
    expect(lossesOf(tally)).toEqual([{ bar: 55, missing: 3, late: 0, undecryptable: 0 }]);
  });

  test('of one bar are one entry with each kind', () => {
    const tally = new LossTally();
    tally.look(TRACK, NONE, 10 * SECOND);
    tally.look(TRACK, { ...NONE, lost: 1, late: 1 }, 10 * SECOND);
    tally.look(TRACK, { ...NONE, lost: 1, late: 2, undecryptable: 3 }, 10 * SECOND + 1);
    expect(lossesOf(tally)).toEqual([{ bar: 50, missing: 1, late: 2, undecryptable: 3 }]);
  });

  test('stay when a lost packet comes after all, and are not counted again', () => {
    const tally = tallied({ lost: 5 }, { lost: 3, packets: 2 }, { lost: 4, packets: 2 });
    expect(lossesOf(tally)).toEqual([
      { bar: 50, missing: 5, late: 0, undecryptable: 0 },
      { bar: 60, missing: 1, late: 0, undecryptable: 0 },
    ]);
  });

  test('a reading has the bars with new losses since the last one, each with all its losses', () => {
    const tally = tallied({ lost: 1 }, { lost: 2 });
    expect([...tally.read().keys()]).toEqual([TRACK]);
    expect(tally.read()).toEqual(new Map());
    tally.look(TRACK, { ...NONE, lost: 2, late: 1 }, 11 * SECOND);
    expect(tally.read().get(TRACK)).toEqual([{ bar: 55, missing: 1, late: 1, undecryptable: 0 }]);
    expect(lossesOf(tally)).toHaveLength(2);
  });

  test('are kept for as many bars as the window keeps, also unread', () => {
    const tally = new LossTally();
    for (let bar = 0; bar < KEPT_BARS + 10; bar += 1)
      tally.look(TRACK, { ...NONE, lost: bar + 1 }, bar * BAR_SAMPLES);
    const bars = lossesOf(tally).map(({ bar }) => bar);
    expect(bars).toHaveLength(KEPT_BARS);
    expect(bars[0]).toBe(10);
    expect(tally.read().get(TRACK)).toHaveLength(KEPT_BARS);
  });

  test('of each kind the newest bar is known for longer than bars are kept', () => {
    const tally = tallied({}, { late: 1 });
    for (let bar = 1_000; bar < 1_000 + KEPT_BARS; bar += 1)
      tally.look(TRACK, { ...NONE, late: 1, lost: bar }, bar * BAR_SAMPLES);
    expect(tally.of(TRACK).lastBars).toEqual({
      missing: 999 + KEPT_BARS,
      late: 55,
      undecryptable: null,
    });
  });

  test('are none without a track, or when nothing was lost', () => {
    const none = { missing: null, late: null, undecryptable: null };
    const nothing = { recent: { all: 0, onTheWay: 0 }, lastBars: none };
    expect(tallied({}).of(null)).toEqual(nothing);
    expect(tallied({}).of('tracks/02-Okke.opus')).toEqual(nothing);
    expect(tallied({ packets: 100 }).of(TRACK)).toEqual(nothing);
  });
});

describe('the share of recent losses', () => {
  test('is of all packets sent, and 0 when they are too few', () => {
    expect(tallied({}, { packets: 96, lost: 4 }).of(TRACK).recent).toEqual({
      all: 0.04,
      onTheWay: 0.04,
    });
    expect(tallied({}, { packets: 5, lost: 5 }).of(TRACK).recent.all).toBe(0);
  });

  test('onTheWay leaves out what could not be decrypted', () => {
    const tally = tallied({}, { packets: 96, lost: 1, undecryptable: 3 });
    expect(tally.of(TRACK).recent).toEqual({ all: 0.04, onTheWay: 0.01 });
  });

  test('is of the last minute', () => {
    const tally = new LossTally();
    for (let second = 0; second <= 120; second += 1) {
      const lost = Math.min(second, 30) * 10;
      tally.look(TRACK, { ...NONE, packets: second * 40, lost }, second * SECOND);
      if (second === 30) expect(tally.of(TRACK).recent.all).toBeCloseTo(300 / 1_500);
    }
    expect(tally.of(TRACK).recent).toEqual({ all: 0, onTheWay: 0 });
  });
});
