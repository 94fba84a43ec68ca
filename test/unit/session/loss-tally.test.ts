import { describe, expect, test } from 'vitest';
import { BAR_SAMPLES, KEPT_BARS } from '../../../preload/contract/events.ts';
import { LossTally } from '../../../main/session/loss-tally.ts';

const SECOND = 48_000;
const TRACK = 'tracks/01-Mara.opus';
const NONE = { packets: 0, lost: 0, late: 0, undecryptable: 0 };

/** Two more looks at the same counts, after which what was lost counts as lost for good. */
function settle(tally: LossTally, counts: Partial<typeof NONE>, samples: number): void {
  for (const bars of [1, 2])
    tally.look(TRACK, { ...NONE, ...counts }, samples + bars * BAR_SAMPLES);
}

/** A tally of one track, given its counts once a second from second 10 on, until the losses are for good. */
function tallied(...counts: readonly Partial<typeof NONE>[]): LossTally {
  const tally = new LossTally();
  for (const [second, change] of counts.entries())
    tally.look(TRACK, { ...NONE, ...change }, (10 + second) * SECOND);
  settle(tally, counts.at(-1) ?? {}, (9 + counts.length) * SECOND);
  return tally;
}

const lossesOf = (tally: LossTally) => tally.kept().get(TRACK) ?? [];

describe('losses by bar', () => {
  test('are in the bar in which they are first seen', () => {
    const tally = tallied({}, { lost: 3 }, { lost: 3 });
    expect(lossesOf(tally)).toEqual([{ bar: 55, lost: 3, late: 0, undecryptable: 0 }]);
  });

  test('of one bar are one entry with each kind', () => {
    const tally = new LossTally();
    tally.look(TRACK, NONE, 10 * SECOND);
    tally.look(TRACK, { ...NONE, lost: 1, late: 1 }, 10 * SECOND);
    const last = { lost: 1, late: 2, undecryptable: 3 };
    tally.look(TRACK, { ...NONE, ...last }, 10 * SECOND + 1);
    settle(tally, last, 10 * SECOND);
    expect(lossesOf(tally)).toEqual([{ bar: 50, lost: 1, late: 2, undecryptable: 3 }]);
  });

  test('are none of a packet that comes behind later ones, within two looks', () => {
    const tally = new LossTally();
    const seen = [{ lost: 1 }, { lost: 0, packets: 1 }, { lost: 2 }, { lost: 1 }, { lost: 1 }];
    for (const [bar, change] of seen.entries())
      tally.look(TRACK, { ...NONE, ...change }, (50 + bar) * BAR_SAMPLES);
    expect(lossesOf(tally)).toEqual([{ bar: 52, lost: 1, late: 0, undecryptable: 0 }]);
  });

  test('stay when a packet comes later than that, and are not counted again', () => {
    const tally = tallied(
      ...[5, 5, 5].map((lost) => ({ lost })),
      ...[3, 3, 4].map((lost) => ({ lost, packets: 2 })),
    );
    expect(lossesOf(tally)).toEqual([
      { bar: 50, lost: 5, late: 0, undecryptable: 0 },
      { bar: 75, lost: 1, late: 0, undecryptable: 0 },
    ]);
  });

  test('a reading has the bars with new losses since the last one, each with all its losses', () => {
    const tally = tallied({ lost: 1 }, { lost: 2 });
    expect([...tally.read().keys()]).toEqual([TRACK]);
    expect(tally.read()).toEqual(new Map());
    tally.look(TRACK, { ...NONE, lost: 2, late: 1 }, 11 * SECOND);
    settle(tally, { lost: 2, late: 1 }, 11 * SECOND);
    expect(tally.read().get(TRACK)).toEqual([{ bar: 55, lost: 1, late: 1, undecryptable: 0 }]);
    expect(lossesOf(tally)).toHaveLength(2);
  });

  test('are kept for as many bars as the window keeps, also unread', () => {
    const tally = new LossTally();
    for (let bar = 0; bar < KEPT_BARS + 10; bar += 1)
      tally.look(TRACK, { ...NONE, lost: bar + 1 }, bar * BAR_SAMPLES);
    settle(tally, { lost: KEPT_BARS + 10 }, (KEPT_BARS + 9) * BAR_SAMPLES);
    const bars = lossesOf(tally).map(({ bar }) => bar);
    expect(bars).toHaveLength(KEPT_BARS);
    expect(bars[0]).toBe(10);
    expect(tally.read().get(TRACK)).toHaveLength(KEPT_BARS);
  });

  test('of each kind the newest bar is known for longer than bars are kept', () => {
    const tally = tallied({}, { late: 1 });
    for (let bar = 1_000; bar < 1_000 + KEPT_BARS; bar += 1)
      tally.look(TRACK, { ...NONE, late: 1, lost: bar }, bar * BAR_SAMPLES);
    settle(tally, { late: 1, lost: 999 + KEPT_BARS }, (999 + KEPT_BARS) * BAR_SAMPLES);
    expect(tally.of(TRACK).lastBars).toEqual({
      lost: 999 + KEPT_BARS,
      late: 55,
      undecryptable: null,
    });
  });

  test('are none without a track, or when nothing was lost', () => {
    const none = { lost: null, late: null, undecryptable: null };
    const nothing = { recent: { all: 0, onTheWay: 0 }, lastBars: none };
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
