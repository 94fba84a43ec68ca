import { expect, test } from 'vitest';
import {
  OutageWatch,
  type Outage,
  type WatchedStream,
} from '../../../main/receive/outage-watch.ts';
import type { ReceivedPacket } from '../../../main/receive/received-packet.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { SequenceLedger } from '../../../main/rtp/sequence-ledger.ts';

/** One stream of somebody, packets of 20 ms. */
class Voice implements WatchedStream {
  readonly #ledger = new SequenceLedger<ReceivedPacket>();
  readonly #watch: OutageWatch;
  #sequence = 0;

  constructor(watch: OutageWatch) {
    this.#watch = watch;
  }

  get newest(): WatchedStream['newest'] {
    return this.#ledger.newest;
  }

  missingMsBefore(packet: ReceivedPacket): number {
    return this.#ledger.missingBefore(packet) * 20;
  }

  leaveOutMissing(): void {
    this.#ledger.leaveOutMissing();
  }

  get lost(): number {
    return this.#ledger.counts().lost;
  }

  /** Numbers that pass unheard. */
  unheard(count: number): void {
    this.#sequence += count;
  }

  heard(fromMs: number, toMs = fromMs + 20): void {
    for (let atMs = fromMs; atMs < toMs; atMs += 20) this.#heard(atMs, atMs);
  }

  /** What the system kept since `earliestMs`, read all at once. */
  read(count: number, { atMs, earliestMs }: { atMs: number; earliestMs: number }): void {
    for (let index = 0; index < count; index += 1) this.#heard(atMs, earliestMs);
  }

  #heard(atMs: number, earliestMs: number): void {
    const packet: ReceivedPacket = {
      ...{ ssrc: 1, sequence: this.#sequence & 0xffff, payload: new Uint8Array(9), opus: null },
      ...{ timestamp: toRtpTimestamp(this.#sequence * 960), version: 0 },
      arrival: { latestMs: atMs, earliestMs },
    };
    this.#watch.arrived(this, packet, atMs);
    this.#ledger.admit(packet);
    this.#ledger.takeSettled();
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

test('numbers that went on while nothing came are an outage, and nobody’s loss', () => {
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

test('who was silent may be heard first behind an outage', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 500);
  ben.heard(0, 1_000);
  ben.unheard(200);
  ann.heard(5_000, 5_100);
  ben.heard(5_060, 6_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect(ben.lost).toBe(0);
});

test('who is heard late behind an outage does not make another one', () => {
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

/** From 1 s to 9 s; the system keeps what comes in the first second. */
const SLEEP = { fromMs: 1_000, toMs: 9_000, caughtUpAtMs: 9_550 };

test('who is heard only after a told sleep lost nothing in it either', () => {
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

test('an outage over a sleep that shows late is one by sleep', () => {
  const { outages, watch, ann } = rig();
  ann.heard(0, 1_000);
  watch.stalled(SLEEP);
  watch.tick(9_560);
  ann.unheard(430);
  ann.heard(9_580, 9_700);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 980, toMs: 9_580 }]);
  expect(ann.lost).toBe(0);
});

test('a short stall while a sleep is caught up with does not make the sleep longer', () => {
  const { outages, watch, ann } = rig();
  ann.heard(0, 1_000);
  watch.stalled(SLEEP);
  ann.unheard(400);
  ann.read(1, { atMs: 9_000, earliestMs: 1_000 });
  watch.stalled({ fromMs: 1_000, toMs: 9_300, caughtUpAtMs: 9_600 });
  watch.tick(9_560);
  expect(outages).toEqual([]);
  watch.tick(9_600);
  expect(outages).toEqual([{ reason: 'sleep', fromMs: 1_000, toMs: 9_000 }]);
});

test('a sleep that is known of is told when the voice session ends before all was read', () => {
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

test('a connection that died in a sleep is known to have been deaf since, though nobody had spoken', () => {
  const { watch } = rig();
  watch.stalled(SLEEP);
  expect(watch.deafSinceMs(12_000)).toBe(1_000);
  watch.endVoiceSession();
  watch.beginVoiceSession(13_000);
  expect(watch.deafSinceMs(14_000)).toBeNull();
});

test('more numbers than can have been said are no outage', () => {
  const { outages, ann } = rig();
  ann.heard(0, 1_000);
  ann.unheard(2_900);
  ann.heard(3_100);
  expect(outages).toEqual([]);
});
