import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../../main/rtp/arrival.ts';
import { SequenceLedger } from '../../../main/rtp/sequence-ledger.ts';

/** An arrival that was read at `latestMs`, and arrived then unless `earliestMs` is given. */
function at(latestMs: number, earliestMs = latestMs): Arrival {
  return { latestMs, earliestMs };
}

/** Admits each sequence number, one every 20 ms, and counts the new ones as packets. */
function feed(
  ledger: SequenceLedger,
  sequences: readonly number[],
  stepMs = 20,
): (number | string | null)[] {
  let suspect: number | null = null;
  return sequences.flatMap((sequence) => {
    const atMs = (clocks.get(ledger) ?? 0) + stepMs;
    clocks.set(ledger, atMs);
    const admission = ledger.admit(sequence & 0xffff, at(atMs));
    if (typeof admission === 'number') ledger.count('packets');
    if (admission === 'suspect') suspect = sequence;
    if (admission !== 'begins-anew') return [admission];
    return [admission, ...feed(ledger, [suspect ?? NaN, sequence], 0)];
  });
}

const clocks = new WeakMap<SequenceLedger, number>();

describe('sequence ledger', () => {
  test('extended sequence numbers grow by one across the wrap', () => {
    const ledger = new SequenceLedger();
    expect(feed(ledger, [65_534, 65_535, 0, 1])).toEqual([65_534, 65_535, 65_536, 65_537]);
    expect(ledger.counts()).toMatchObject({ packets: 4, lost: 0, duplicate: 0 });
  });

  test('a sequence number before the first 0 is negative', () => {
    expect(feed(new SequenceLedger(), [1, 65_535])).toEqual([1, -1]);
  });

  test('lost are the packets that did not arrive between the first and the last', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [10, 12, 11, 15]);
    expect(ledger.counts()).toMatchObject({ packets: 4, lost: 2 });
  });

  test('after a time without reading, as large a jump is plausible as that time allows', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [10, 11]);
    expect(ledger.admit(12, at(8_040, 40))).toBe(12); // the system kept it while the process stood still
    expect(ledger.admit(900, at(8_041, 40))).toBe(900);
    expect(ledger.admit(4_400, at(8_500))).toBe('suspect'); // 3,384 in 8.46 s, and 100
    expect(ledger.admit(901, at(8_500))).toBe(901);
    expect(ledger.admit(1_100, at(8_520))).toBe('suspect');
    expect(ledger.counts()).toMatchObject({ lost: 887 });
  });

  test('a packet sent before the first one that arrived begins the stream earlier', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [105, 103]);
    expect(ledger.counts()).toMatchObject({ packets: 2, lost: 1 });
  });

  test('a duplicate is counted and admitted once only, up to 3000 packets later', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [0]);
    for (let sequence = 1; sequence <= 2_999; sequence += 1) feed(ledger, [sequence]);
    expect(feed(ledger, [0, 2_999, 1_500])).toEqual([null, null, null]);
    expect(ledger.counts()).toMatchObject({ packets: 3_000, lost: 0, duplicate: 3 });
  });

  test('the same 16 bits are new again after a whole wrap', () => {
    const ledger = new SequenceLedger();
    for (let sequence = 0; sequence < 70_000; sequence += 1) feed(ledger, [sequence]);
    expect(ledger.counts()).toMatchObject({ packets: 70_000, lost: 0, duplicate: 0 });
  });

  test('a loss of half the sequence numbers is crossed, and old ones do not make new ones duplicates', () => {
    const ledger = new SequenceLedger();
    for (let sequence = 0; sequence < 40_000; sequence += 1) feed(ledger, [sequence]);
    expect(feed(ledger, [39_999 + 32_767], 90_000)).toEqual([72_766]);
    expect(feed(ledger, [72_700])).toEqual([72_700]);
    expect(ledger.counts()).toMatchObject({ packets: 40_002, lost: 32_765 });
  });

  test('each outcome has its own count, and with the lost ones they add up to all packets', () => {
    const ledger = new SequenceLedger();
    for (const [sequence, outcome] of [
      [1, 'packets'],
      [2, 'padding'],
      [4, 'late'],
      [5, 'undecryptable'],
    ] as const) {
      ledger.admit(sequence, at(0));
      ledger.count(outcome);
    }
    expect(ledger.counts()).toEqual({
      packets: 1,
      padding: 1,
      late: 1,
      undecryptable: 1,
      lost: 1,
      duplicate: 0,
    });
  });

  test('packets of a gap are in no count', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [1, 2, 4]);
    ledger.beginGap();
    expect(feed(ledger, [6, 7, 7, 3])).toEqual([null, null, null, null]);
    ledger.endGap();
    expect(feed(ledger, [5, 100, 102])).toEqual([null, 5, 7]); // and no losses
    expect(ledger.counts()).toMatchObject({ packets: 5, lost: 2, duplicate: 0 });
  });

  test('packets missing across a gap are in no count', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [65_530]);
    ledger.beginGap();
    ledger.endGap();
    expect(feed(ledger, [200, 202])).toEqual([65_531, 65_533]);
    expect(ledger.counts()).toMatchObject({ packets: 3, lost: 1 });
  });

  test('the stream goes on after a gap of more than 32768 packets', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [50_000]);
    ledger.beginGap();
    ledger.endGap();
    expect(feed(ledger, [40_000, 40_001])).toEqual([50_001, 50_002]);
    expect(ledger.counts()).toMatchObject({ packets: 3, lost: 0 });
  });

  test.each([
    ['back', 20_000],
    ['ahead', 41_000],
    ['far ahead', 60_000],
    ['to zero', 0],
  ])('a sender whose sequence numbers jump %s loses no packet', (_, from) => {
    const ledger = new SequenceLedger();
    feed(ledger, [40_000, 40_001, 40_002]);
    const anew = feed(ledger, [from, from + 1, from + 2]);
    expect(anew).toEqual(['suspect', 'begins-anew', 40_003, 40_004, 40_005]);
    expect(feed(ledger, [from + 1, from + 4])).toEqual([null, 40_007]);
    expect(ledger.counts()).toMatchObject({ packets: 7, lost: 1, duplicate: 1 });
  });

  test.each([20_000, 40_990, 60_000])('one stray sequence number changes nothing: %i', (stray) => {
    const ledger = new SequenceLedger();
    feed(ledger, [40_000]);
    expect(feed(ledger, [stray, 40_001, stray + 1, 40_002])).toEqual([
      ...['suspect', 40_001, 'suspect', 40_002],
    ]);
    expect(ledger.counts()).toMatchObject({ packets: 3, lost: 0 });
  });

  test('missingBefore gives the packets missing before one that is not admitted yet', () => {
    const ledger = new SequenceLedger();
    expect(ledger.missingBefore(7)).toBe(0);
    feed(ledger, [65_530]);
    expect(ledger.missingBefore(65_531)).toBe(0);
    expect(ledger.missingBefore(4)).toBe(9);
    expect(ledger.missingBefore(65_000)).toBe(0);
    expect(ledger.newest.latestMs).toBe(20);
    ledger.beginGap();
    ledger.endGap();
    expect(ledger.missingBefore(4)).toBe(0);
  });

  test('packets missing across an outage are lost, as far as its time allows', () => {
    const ledger = new SequenceLedger();
    feed(ledger, [10]);
    expect(feed(ledger, [160], 3_000)).toEqual([160]);
    expect(ledger.counts()).toMatchObject({ packets: 2, lost: 149 });
  });

  test('a network that loses, duplicates and reorders is counted exactly', () => {
    let state = 7;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const ledger = new SequenceLedger();
    const sent = Array.from({ length: 100_000 }, (_, index) => 60_000 + index);
    const arrivals: { at: number; sequence: number }[] = [];
    for (const [index, sequence] of sent.entries()) {
      const inside = index > 0 && index < sent.length - 1;
      if (inside && random() < 0.05) continue;
      arrivals.push({ at: index + random() * 20, sequence });
      if (random() < 0.02) arrivals.push({ at: index + random() * 40, sequence });
    }
    arrivals.sort((a, b) => a.at - b.at);
    feed(
      ledger,
      arrivals.map(({ sequence }) => sequence),
    );
    const distinct = new Set(arrivals.map(({ sequence }) => sequence)).size;
    expect(ledger.counts()).toMatchObject({
      packets: distinct,
      lost: sent.length - distinct,
      duplicate: arrivals.length - distinct,
    });
  });
});
