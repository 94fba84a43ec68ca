import { expect, test } from 'vitest';
import { StallWatch } from '../../../main/receive/stall-watch.ts';

test('packets read right after a stall may have arrived at any time since it began', () => {
  const watch = new StallWatch();
  const alive = [0, 20, 110, 1_110, 1_111, 1_200, 1_290, 1_350, 1_370].map((nowMs) => {
    const { stall, readToMs, hasCaughtUp } = watch.alive(nowMs);
    return { nowMs, readToMs, hasCaughtUp, stall };
  });
  const steady = { stall: null, hasCaughtUp: false };
  expect(alive).toEqual([
    ...[0, 20, 110].map((nowMs) => ({ nowMs, readToMs: nowMs, ...steady })),
    {
      nowMs: 1_110,
      readToMs: 110,
      hasCaughtUp: false,
      stall: { fromMs: 110, lastFromMs: 110, toMs: 1_110, caughtUpAtMs: 1_350 },
    },
    ...[1_111, 1_200, 1_290].map((nowMs) => ({ nowMs, readToMs: 110, ...steady })),
    { nowMs: 1_350, readToMs: 1_350, stall: null, hasCaughtUp: true },
    { nowMs: 1_370, readToMs: 1_370, ...steady },
  ]);
});

test('a stall before the backlog of the last one is read extends it', () => {
  const watch = new StallWatch();
  watch.alive(0);
  watch.alive(1_000);
  watch.alive(1_020);
  expect(watch.alive(2_000).stall).toMatchObject({ fromMs: 0, toMs: 2_000 });
  for (const nowMs of [2_090, 2_180, 2_270]) watch.alive(nowMs);
  expect(watch.alive(3_000).stall).toMatchObject({ fromMs: 2_270 });
});

test('a short stall while the backlog of a long one is read does not end the reading', () => {
  const watch = new StallWatch();
  watch.alive(0);
  expect(watch.alive(6_000).stall).toMatchObject({ caughtUpAtMs: 7_240 });
  watch.alive(6_005);
  expect(watch.alive(6_125).stall).toEqual({
    fromMs: 0,
    lastFromMs: 6_005,
    toMs: 6_125,
    caughtUpAtMs: 7_240,
  });
  for (let nowMs = 6_200; nowMs < 7_240; nowMs += 80) {
    expect(watch.alive(nowMs)).toMatchObject({ readToMs: 0, hasCaughtUp: false });
  }
  expect(watch.alive(7_260)).toMatchObject({ readToMs: 7_260, hasCaughtUp: true });
});

test('after 8 h of sleep the backlog takes 2 s, as a socket keeps no more', () => {
  const watch = new StallWatch();
  watch.alive(0);
  expect(watch.alive(28_800_000).stall).toMatchObject({ caughtUpAtMs: 28_802_000 });
});

test.each([
  ['with pauses of 80 ms', 80],
  ['with pauses of 20 ms', 20],
])('of many stalls in a row, %s, none reaches back more than 3.3 s', (_, pauseMs) => {
  const watch = new StallWatch();
  let worstMs = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 120) {
    for (const endMs = nowMs + pauseMs; nowMs < endMs; nowMs += 10) watch.alive(nowMs);
    worstMs = Math.max(worstMs, nowMs - watch.alive(nowMs).readToMs);
  }
  expect(worstMs).toBeLessThanOrEqual(3_300);
});
