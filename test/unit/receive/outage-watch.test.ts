import { expect, test } from 'vitest';
import {
  OutageWatch,
  type Outage,
  type WatchedStream,
} from '../../../main/receive/outage-watch.ts';
import { StallWatch } from '../../../main/receive/stall-watch.ts';
import { SequenceLedger } from '../../../main/rtp/sequence-ledger.ts';

/** The stream of one person, with packets of 20 ms. */
class Voice implements WatchedStream {
  readonly #ledger = new SequenceLedger();
  readonly #watch: OutageWatch;
  #sequence = 0;

  constructor(watch: OutageWatch) {
    this.#watch = watch;
  }

  get newest(): WatchedStream['newest'] {
    return this.#ledger.newest;
  }

  missingMsBefore(sequence16: number): number {
    return this.#ledger.missingBefore(sequence16) * 20;
  }

  leaveOutMissing(): void {
    this.#ledger.beginGap();
    this.#ledger.endGap();
  }

  get lost(): number {
    return this.#ledger.counts().lost;
  }

  /** Sequence numbers of packets that are sent and not received. */
  unheard(count: number): void {
    this.#sequence += count;
  }

  heard(fromMs: number, toMs = fromMs + 20): void {
    for (let atMs = fromMs; atMs < toMs; atMs += 20) this.#heard(atMs, atMs);
  }

  /** `count` packets that the system kept since `earliestMs` and that are read at once. */
  read(count: number, { atMs, earliestMs }: { atMs: number; earliestMs: number }): void {
    for (let index = 0; index < count; index += 1) this.#heard(atMs, earliestMs);
  }

  #heard(atMs: number, earliestMs: number): void {
    this.#watch.arrived(this, this.#sequence, atMs);
    this.#ledger.admit(this.#sequence, { latestMs: atMs, earliestMs });
    this.#sequence += 1;
  }
}

function rig() {
  const outages: Outage[] = [];
  const watch = new OutageWatch((outage) => outages.push(outage));
  watch.beginVoiceSession(0);
  return { outages, watch, ann: new Voice(watch), ben: new Voice(watch) };
}

test('a pause of everybody is no outage', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 1_000);
  ann.unheard(3);
  ben.heard(0, 1_000);
  ann.heard(9_000, 10_000);
  ben.heard(9_000, 10_000);
  expect(outages).toEqual([]);
  expect(ann.lost).toBe(3);
});

test('sequence numbers that advanced while nothing came are an outage, and in nobody’s losses', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 1_000);
  ben.heard(0, 1_000);
  ann.unheard(200);
  ben.unheard(200);
  ann.heard(5_000, 6_000);
  ben.heard(5_000, 6_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect([ann.lost, ben.lost]).toEqual([0, 0]);
});

test('the first packet behind an outage may be of somebody who was silent before it', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 500);
  ben.heard(0, 1_000);
  ben.unheard(200);
  ann.heard(5_000, 5_100);
  ben.heard(5_060, 6_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect(ben.lost).toBe(0);
});

test('a speaker who is first heard long after an outage does not make another one', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 1_000);
  ben.heard(0, 1_000);
  ann.unheard(200);
  ben.unheard(150);
  ann.heard(5_000, 6_000);
  ann.unheard(2);
  ben.heard(30_000, 31_000);
  ann.heard(30_000, 31_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect([ann.lost, ben.lost]).toEqual([2, 0]);
});

/** The process sleeps from 1 s to 9 s; the system keeps the packets of the first second. */
const SLEEP = { fromMs: 1_000, lastFromMs: 1_000, toMs: 9_000, caughtUpAtMs: 9_550 };

test('a speaker who is first heard after the sleep was told has no losses by it', () => {
  const { outages, watch, ann, ben } = rig();
  ann.heard(0, 1_000);
  ben.heard(0, 1_000);
  watch.stalled(SLEEP);
  for (const one of [ann, ben]) one.read(50, { atMs: 9_000, earliestMs: 1_000 });
  ann.unheard(350);
  ben.unheard(350);
  ann.heard(9_020, 9_600);
  watch.tick(9_560);
  ben.unheard(30);
  ben.heard(9_620, 9_700);
  watch.tick(9_700);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 2_020, toMs: 9_000 }]);
  expect([ann.lost, ben.lost]).toEqual([0, 0]);
});

test('an outage that is noticed after a sleep and overlaps it has the reason sleep', () => {
  const { outages, watch, ann } = rig();
  ann.heard(0, 1_000);
  watch.stalled(SLEEP);
  watch.tick(9_560);
  ann.unheard(430);
  ann.heard(9_580, 9_700);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 980, toMs: 9_580 }]);
  expect(ann.lost).toBe(0);
});

test('a short stall while the backlog of a sleep is read does not make the sleep longer', () => {
  const { outages, watch, ann } = rig();
  ann.heard(0, 1_000);
  watch.stalled(SLEEP);
  ann.unheard(400);
  ann.read(1, { atMs: 9_000, earliestMs: 1_000 });
  watch.stalled({ fromMs: 1_000, lastFromMs: 9_100, toMs: 9_300, caughtUpAtMs: 9_600 });
  watch.tick(9_560);
  expect(outages).toEqual([]);
  watch.tick(9_600);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 1_000, toMs: 9_000 }]);
});

test('a sleep right behind a stall of which the system kept everything ends when the sleep does', () => {
  const { outages, watch, ann } = rig();
  const stalls = new StallWatch();
  const alive = (atMs: number): void => {
    const { stall } = stalls.alive(atMs);
    if (stall !== null) watch.stalled(stall);
  };
  for (let atMs = 0; atMs <= 10_000; atMs += 20) alive(atMs);
  ann.heard(0, 10_000);
  alive(12_500);
  ann.read(125, { atMs: 12_500, earliestMs: 10_000 });
  for (let atMs = 12_520; atMs <= 12_800; atMs += 20) alive(atMs);
  ann.heard(12_520, 12_800);
  alive(72_800);
  ann.unheard(3_000);
  ann.heard(72_800, 76_000);
  watch.tick(76_000);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 12_800, toMs: 72_800 }]);
  expect(ann.lost).toBe(0);
});

test('a sleep is told when the voice session ends before its backlog is read', () => {
  const { outages, watch, ann } = rig();
  ann.heard(0, 1_000);
  watch.stalled(SLEEP);
  ann.unheard(400);
  ann.heard(9_000, 9_040);
  watch.endVoiceSession();
  watch.beginVoiceSession(9_100);
  watch.tick(9_600);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 1_000, toMs: 9_000 }]);
});

test('a connection that dies after a sleep is deaf since the sleep, also when nobody spoke', () => {
  const { watch } = rig();
  watch.stalled(SLEEP);
  expect(watch.deafSinceMs(12_000)).toBe(1_000);
  watch.endVoiceSession();
  watch.beginVoiceSession(13_000);
  expect(watch.deafSinceMs(14_000)).toBeNull();
});

test('sequence numbers that advanced faster than time allows are no outage', () => {
  const { outages, ann } = rig();
  ann.heard(0, 1_000);
  ann.unheard(2_900);
  ann.heard(3_100);
  expect(outages).toEqual([]);
});
