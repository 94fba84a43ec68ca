import { expect, test } from 'vitest';
import { PathWatch, type PathStep } from '../../../main/link/path-watch.ts';

const NONE = { openedCount: 0, refusedCount: 0, openedAtMs: null };
const NOTHING = { echoAtMs: null, heardAtMs: null, transport: NONE, endToEnd: NONE };

/** Looks once a second up to `toS`; gives the steps other than `wait`, with their second. */
function watch(
  path: PathWatch,
  { fromS, toS, echo }: { fromS: number; toS: number; echo: (atMs: number) => number | null },
): [seconds: number, step: PathStep][] {
  const steps: [number, PathStep][] = [];
  for (let second = fromS; second <= toS; second += 1) {
    const step = path.look(second * 1000, { ...NOTHING, echoAtMs: echo(second * 1000) });
    if (step !== 'wait') steps.push([second, step]);
  }
  return steps;
}

/** Something other than an echo came from the voice server. */
function hear(path: PathWatch, atMs: number): void {
  path.look(atMs, { ...NOTHING, heardAtMs: atMs });
}

const every5s = (nowMs: number): number => Math.floor(nowMs / 5000) * 5000;
const until =
  (lastMs: number) =>
  (nowMs: number): number =>
    Math.min(lastMs, every5s(nowMs));

test('a quiet channel is left alone, whether keepalives are echoed or not', () => {
  const echoed = new PathWatch();
  echoed.begin(0);
  expect(watch(echoed, { fromS: 1, toS: 3_600, echo: every5s })).toEqual([]);
  const silent = new PathWatch();
  silent.begin(0);
  expect(watch(silent, { fromS: 1, toS: 1_800, echo: () => null })).toEqual([]);
  hear(silent, 1_800_500);
  expect(watch(silent, { fromS: 1_801, toS: 3_600, echo: () => null })).toEqual([]);
  const neverHeard = new PathWatch();
  neverHeard.begin(0);
  neverHeard.resumed(10_000);
  expect(watch(neverHeard, { fromS: 11, toS: 600, echo: () => null })).toEqual([]);
});

test('a path without echoes or anything else for 20 s is dead: announce, then rejoin once in ten minutes', () => {
  const path = new PathWatch();
  path.begin(0);
  expect(watch(path, { fromS: 1, toS: 1_000, echo: until(60_000) })).toEqual([
    [80, 'announce'],
    [90, 'rejoin'],
    [690, 'rejoin'],
  ]);
  expect(
    path.deadSinceMs({
      nowMs: 1_000_000,
      signs: { ...NOTHING, echoAtMs: 60_000 },
      cutAtMs: null,
    }),
  ).toBe(60_000);
  path.begin(1_000_000);
  const echoAgain = until(1_060_000);
  expect(watch(path, { fromS: 1_001, toS: 1_285, echo: echoAgain })).toEqual([[1_080, 'announce']]);
  expect(watch(path, { fromS: 1_286, toS: 1_300, echo: echoAgain })).toEqual([[1_290, 'rejoin']]);
});

test('echoes that come between packets count too', () => {
  const path = new PathWatch();
  path.begin(0);
  for (let second = 1; second <= 30; second += 1) {
    hear(path, second * 1000);
    path.look(second * 1000, { ...NOTHING, echoAtMs: every5s(second * 1000 - 1) });
  }
  expect(watch(path, { fromS: 31, toS: 60, echo: until(25_000) })).toEqual([
    [50, 'announce'],
    [60, 'rejoin'],
  ]);
});

test('a path with packets and without echoes is alive', () => {
  const path = new PathWatch();
  path.begin(0);
  watch(path, { fromS: 1, toS: 30, echo: every5s });
  for (let second = 31; second <= 300; second += 1) {
    hear(path, second * 1000);
    expect(path.look(second * 1000, { ...NOTHING, echoAtMs: 30_000 })).toBe('wait');
  }
});

test('a path on which something came before a resume, and nothing within 60 s after it, is dead', () => {
  const path = new PathWatch();
  path.begin(0);
  hear(path, 5_000);
  expect(watch(path, { fromS: 6, toS: 100, echo: () => null })).toEqual([]);
  path.resumed(100_000);
  expect(watch(path, { fromS: 101, toS: 200, echo: () => null })).toEqual([
    [160, 'announce'],
    [170, 'rejoin'],
  ]);
});

test('a pause of the process is not taken for a resume', () => {
  const path = new PathWatch();
  path.begin(0);
  hear(path, 5_000);
  expect(path.look(6_000, NOTHING)).toBe('wait');
  expect(watch(path, { fromS: 20, toS: 400, echo: () => null })).toEqual([]);
});

test('time in which the process did not run does not count as silence', () => {
  const path = new PathWatch();
  path.begin(0);
  watch(path, { fromS: 1, toS: 60, echo: every5s });
  expect(path.look(3_600_000, { ...NOTHING, echoAtMs: 60_000 })).toBe('wait');
  expect(watch(path, { fromS: 3_601, toS: 3_700, echo: until(3_605_000) })).toEqual([
    [3_625, 'announce'],
    [3_635, 'rejoin'],
  ]);
});

test('a session that ends on a good path has no deaf time', () => {
  const path = new PathWatch();
  path.begin(0);
  watch(path, { fromS: 1, toS: 60, echo: every5s });
  expect(
    path.deadSinceMs({
      nowMs: 60_900,
      signs: { ...NOTHING, echoAtMs: 60_000 },
      cutAtMs: null,
    }),
  ).toBeNull();
  const withoutEchoes = new PathWatch();
  withoutEchoes.begin(0);
  hear(withoutEchoes, 5_000);
  expect(
    withoutEchoes.deadSinceMs({
      nowMs: 600_000,
      signs: { ...NOTHING, echoAtMs: null },
      cutAtMs: null,
    }),
  ).toBeNull();
});

test('a session that ends on a dead path is deaf since its last sign of life', () => {
  const path = new PathWatch();
  path.begin(0);
  watch(path, { fromS: 1, toS: 60, echo: every5s });
  hear(path, 61_500);
  expect(
    path.deadSinceMs({
      nowMs: 72_000,
      signs: { ...NOTHING, echoAtMs: 60_000 },
      cutAtMs: null,
    }),
  ).toBe(61_500);
  // When the WebSocket is cut, a path without signs of life for 3 s is dead.
  expect(
    path.deadSinceMs({
      nowMs: 64_500,
      signs: { ...NOTHING, echoAtMs: 60_000 },
      cutAtMs: 62_000,
    }),
  ).toBe(61_500);
});

test('without echoes, a session that was cut off is deaf since the cut, or since what came after it', () => {
  const path = new PathWatch();
  path.begin(0);
  hear(path, 5_000);
  const end = { nowMs: 66_000, signs: { ...NOTHING, echoAtMs: null }, cutAtMs: 62_000 };
  expect(path.deadSinceMs(end)).toBe(62_000);
  hear(path, 65_000);
  expect(path.deadSinceMs(end)).toBe(65_000);
});

test('what came before the session began is no sign of life', () => {
  const path = new PathWatch();
  path.begin(10_000);
  const early = { ...NOTHING, heardAtMs: 9_900 };
  for (let second = 11; second <= 200; second += 1)
    expect(path.look(second * 1000, early)).toBe('wait');
  const inTime = { ...NOTHING, heardAtMs: 10_100 };
  path.look(201_000, inTime);
  path.resumed(202_000);
  expect(path.look(262_000, inTime)).toBe('announce');
  expect(path.deadSinceMs({ nowMs: 263_000, signs: inTime, cutAtMs: 262_500 })).toBe(262_500);
});

/** Someone talks in each of those seconds: 50 packets, of which a key opens all, or none. */
function talk(
  path: PathWatch,
  which: 'transport' | 'endToEnd',
  seconds: readonly { readonly opens: boolean; readonly packets?: number }[],
): [second: number, step: PathStep][] {
  const steps: [number, PathStep][] = [];
  let sum = { openedCount: 0, refusedCount: 0, openedAtMs: null as number | null };
  for (const [index, { opens, packets = 50 }] of seconds.entries()) {
    const nowMs = (index + 1) * 1000;
    sum = opens
      ? { ...sum, openedCount: sum.openedCount + packets, openedAtMs: nowMs }
      : { ...sum, refusedCount: sum.refusedCount + packets };
    const step = path.look(nowMs, { ...NOTHING, heardAtMs: nowMs, [which]: sum });
    if (step !== 'wait') steps.push([index + 1, step]);
  }
  return steps;
}

const sealed = (count: number) => Array.from({ length: count }, () => ({ opens: false }));
const open = (count: number) => Array.from({ length: count }, () => ({ opens: true }));

test('talk that the transport’s key does not open asks for another key after 3 s, once a minute', () => {
  const path = new PathWatch();
  path.begin(0);
  expect(talk(path, 'transport', [...open(4), ...sealed(70)])).toEqual([
    [7, 'rekey'],
    [67, 'rekey'],
  ]);
});

test('a key that never opened anything does so too', () => {
  const path = new PathWatch();
  path.begin(0);
  expect(talk(path, 'transport', sealed(5))).toEqual([[3, 'rekey']]);
});

test('silence between, and junk of a few packets, ask for nothing', () => {
  const path = new PathWatch();
  path.begin(0);
  const junk = { opens: false, packets: 4 };
  const quiet = { opens: false, packets: 0 };
  const seconds = Array.from({ length: 100 }, (_, second) => (second % 2 === 0 ? junk : quiet));
  expect(talk(path, 'transport', [...open(2), ...sealed(2), ...open(1), ...seconds])).toEqual([]);
});

test('talk that nobody’s keys decrypt asks for a fresh join after 30 s', () => {
  const path = new PathWatch();
  path.begin(0);
  expect(talk(path, 'endToEnd', [...open(5), ...sealed(29), ...open(1), ...sealed(31)])).toEqual([
    [65, 'rekey'],
  ]);
});

test('nothing was heard since the transport’s key last opened something', () => {
  const path = new PathWatch();
  path.begin(0);
  talk(path, 'transport', [...open(4), ...sealed(3)]);
  const transport = { openedCount: 200, refusedCount: 150, openedAtMs: 4_000 };
  const signs = { ...NOTHING, heardAtMs: 7_000, transport };
  expect(path.deadSinceMs({ nowMs: 7_000, signs, cutAtMs: null })).toBe(4_000);
});
