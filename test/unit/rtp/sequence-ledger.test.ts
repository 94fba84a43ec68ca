import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../../main/rtp/arrival.ts';
import type { NumberedPacket } from '../../../main/rtp/numbered-packet.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { type SequenceCounts, SequenceLedger } from '../../../main/rtp/sequence-ledger.ts';

/** Read at `latestMs`, and arrived then where nothing else is said. */
function at(latestMs: number, earliestMs = latestMs): Arrival {
  return { latestMs, earliestMs };
}

/** A packet of that number, whose time is its number's unless told, and whose payload says both. */
function packet(sequence: number, arrival: Arrival, timestamp = sequence * 960): NumberedPacket {
  const payload = Buffer.alloc(8);
  payload.writeInt32LE(sequence);
  payload.writeUInt32LE(timestamp >>> 0, 4);
  return {
    sequence: sequence & 0xffff,
    timestamp: toRtpTimestamp(timestamp),
    payload,
    arrival,
  };
}

/** A ledger that counts every number it gives out as written. */
class Books {
  readonly ledger = new SequenceLedger<NumberedPacket>();
  strays = 0;
  #nowMs = 0;

  /** Takes each number, one every 20 ms; what is given out for them, in order. */
  feed(sequences: readonly number[], stepMs = 20, timeShift = 0): number[] {
    return sequences.flatMap((sequence) => {
      this.#nowMs += stepMs;
      return this.take(packet(sequence, at(this.#nowMs), sequence * 960 + timeShift));
    });
  }

  take(one: NumberedPacket): number[] {
    const given = this.ledger.admit(one);
    const settled = this.ledger.takeSettled().map(({ sequence }) => sequence);
    this.strays += settled.filter((sequence) => sequence === null).length;
    const all = [...settled, given].filter((sequence) => sequence !== null);
    all.forEach(() => this.ledger.count('packets'));
    return all;
  }

  counts(): SequenceCounts {
    return this.ledger.counts();
  }
}

describe('sequence ledger', () => {
  test('numbers grow by one through the wrap', () => {
    const books = new Books();
    expect(books.feed([65_534, 65_535, 65_536, 65_537])).toEqual([65_534, 65_535, 65_536, 65_537]);
    expect(books.counts()).toMatchObject({ packets: 4, lost: 0, duplicate: 0 });
  });

  test('a number that precedes the first 0 is negative', () => {
    expect(new Books().feed([1, -1])).toEqual([1, -1]);
  });

  test('lost is what never arrived between the first and the last', () => {
    const books = new Books();
    books.feed([10, 12, 11, 15]);
    expect(books.counts()).toMatchObject({ packets: 4, lost: 2 });
  });

  test('numbers that passed while nobody read are as plausible as they took time', () => {
    const books = new Books();
    books.feed([10, 11]);
    expect(books.take(packet(12, at(8_040, 40)))).toEqual([12]); // kept by the system
    expect(books.take(packet(400, at(8_041, 40)))).toEqual([400]);
    expect(books.take(packet(900, at(8_500)))).toEqual([]); // 10 s of sound in 8.5 s, and more than a second early
    expect(books.take(packet(401, at(8_500)))).toEqual([401]);
    expect(books.counts()).toMatchObject({ lost: 387 });
  });

  test('a number below the first one to arrive begins the stream earlier', () => {
    const books = new Books();
    books.feed([105, 103]);
    expect(books.counts()).toMatchObject({ packets: 2, lost: 1 });
  });

  test('a duplicate is counted, and admitted once only, a minute later too', () => {
    const books = new Books();
    for (let sequence = 0; sequence <= 2_999; sequence += 1) books.feed([sequence]);
    expect(books.feed([0, 2_999, 1_500])).toEqual([]);
    expect(books.counts()).toMatchObject({ packets: 3_000, lost: 0, duplicate: 3 });
  });

  test('the same number with another time is no duplicate, and alone belongs to nobody', () => {
    const books = new Books();
    books.feed([1, 2, 3]);
    books.feed([2], 20, 48_000);
    books.feed([4], 1_000);
    expect(books.counts()).toMatchObject({ packets: 4, lost: 0, duplicate: 0 });
    expect(books.strays).toBe(1);
  });

  test('the same 16 bits are new again after a whole wrap', () => {
    const books = new Books();
    for (let sequence = 0; sequence < 70_000; sequence += 1) books.feed([sequence]);
    expect(books.counts()).toMatchObject({ packets: 70_000, lost: 0, duplicate: 0 });
  });

  test('a loss of half the numbers is crossed, and old marks do not pass for new ones', () => {
    const books = new Books();
    for (let sequence = 0; sequence < 40_000; sequence += 1) books.feed([sequence]);
    expect(books.feed([39_999 + 32_767], 655_340)).toEqual([72_766]);
    expect(books.feed([72_700])).toEqual([72_700]);
    expect(books.counts()).toMatchObject({ packets: 40_002, lost: 32_765 });
  });

  test('each outcome is its own count, and together with lost they are all numbers', () => {
    const { ledger } = new Books();
    for (const [sequence, outcome] of [
      [1, 'packets'],
      [2, 'padding'],
      [4, 'late'],
      [5, 'undecryptable'],
    ] as const) {
      ledger.admit(packet(sequence, at(0)));
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

  test('what passes during a gap is in no count', () => {
    const books = new Books();
    books.feed([1, 2, 4]);
    books.ledger.beginGap();
    expect(books.feed([6, 7, 7, 3])).toEqual([]);
    books.ledger.endGap();
    expect(books.feed([5, 100, 102])).toEqual([5, 7]); // 5 was sent in the gap; and no hole is left
    expect(books.counts()).toMatchObject({ packets: 5, lost: 2, duplicate: 0 });
  });

  test('a gap without a packet in it is left out too', () => {
    const books = new Books();
    books.feed([65_530]);
    books.ledger.beginGap();
    books.ledger.endGap();
    expect(books.feed([65_736, 65_738])).toEqual([65_531, 65_533]);
    expect(books.counts()).toMatchObject({ packets: 3, lost: 1 });
  });

  test.each([
    ['ahead of what 16 bits tell apart', 40_000],
    ['back by a few numbers', 49_990],
    ['to zero', 0],
  ])('a sender that counts anew in a gap goes on behind it: %s', (_, from) => {
    const books = new Books();
    books.feed([49_998, 49_999, 50_000]);
    books.ledger.beginGap();
    books.feed([from, from + 1, from + 2], 20, 9_600_000);
    books.ledger.endGap();
    const given = books.feed([from + 3, from + 4, from + 6], 20, 9_600_000);
    expect(given.map((number) => number - (given[0] ?? 0))).toEqual([0, 1, 3]);
    expect(books.counts()).toMatchObject({ packets: 6, lost: 1, duplicate: 0 });
  });

  test.each([
    ['back', 20_000],
    ['back by one', 40_001],
    ['to the same number', 40_002],
    ['ahead by a few', 40_020],
    ['ahead', 41_000],
    ['far ahead', 60_000],
    ['to zero', 0],
  ])('a sender that begins to count anew, %s, costs nothing', (_, from) => {
    const books = new Books();
    books.feed([40_000, 40_001, 40_002]);
    const anew = books.feed([from, from + 1, from + 2], 20, 123_456_789);
    const [first = NaN] = anew;
    expect(first).toBeGreaterThan(40_002);
    expect(anew).toEqual([first, first + 1, first + 2]);
    expect(books.feed([from + 1, from + 4], 20, 123_456_789)).toEqual([first + 4]);
    expect(books.counts()).toMatchObject({ packets: 7, lost: 1, duplicate: 1 });
    expect(books.strays).toBe(0);
  });

  test('where it counts anew numbers are free for packets that others have overtaken', () => {
    const { ledger } = new Books();
    for (const [sequence, timestamp, atMs] of [
      [100, 96_000, 0],
      [101, 96_960, 20],
    ] as const)
      ledger.admit(packet(sequence, at(atMs), timestamp));
    ledger.admit(packet(7, at(61), 6_720));
    ledger.admit(packet(8, at(80), 7_680));
    const [first, second] = ledger.takeSettled();
    expect(first).toMatchObject({ sequence: 118, freeFrom: 102 });
    expect(second).toMatchObject({ sequence: 119, freeFrom: null });
    expect(ledger.admit(packet(6, at(90), 5_760))).toBe(117);
    expect(ledger.admit(packet(102, at(91), 97_920))).toBe(102);
    expect([118, 117, 102].map((number) => ledger.numberingOf(number))).toEqual([1, 1, 0]);
    expect(ledger.admit(packet(102, at(92), 97_920))).toBeNull();
    expect(ledger.counts()).toMatchObject({ lost: 0, duplicate: 1 });
  });

  test('copies in a row are no sender that counts anew', () => {
    const books = new Books();
    books.feed([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(books.feed([4, 5, 6, 7, 8, 9])).toEqual([]);
    expect(books.counts()).toMatchObject({ packets: 10, duplicate: 6 });
    expect(books.feed([10, 11])).toEqual([10, 11]);
    expect(books.counts()).toMatchObject({ packets: 12, lost: 0, duplicate: 6 });
  });

  test('the same numbers and times with other payloads are a sender that counts anew', () => {
    const { ledger } = new Books();
    const clip = (mark: number, fromMs: number) => {
      for (let sequence = 0; sequence < 20; sequence += 1) {
        const arrival = at(fromMs + sequence * 20);
        ledger.admit({ ...packet(sequence, arrival), payload: new Uint8Array(9).fill(mark) });
      }
    };
    clip(1, 0);
    clip(2, 400);
    expect(ledger.counts()).toMatchObject({ lost: 0, duplicate: 0 });
  });

  test.each([20_000, 40_990, 60_000])('one stray number changes nothing: %i', (stray) => {
    const books = new Books();
    books.feed([40_000]);
    expect(books.feed([stray, 40_001, stray + 1, 40_002])).toEqual([40_001, 40_002]);
    books.ledger.settle();
    books.feed([40_003]);
    expect(books.strays).toBe(2);
    expect(books.counts()).toMatchObject({ packets: 4, lost: 0 });
  });

  test('two that alternate for long lose nothing and fill no memory', () => {
    const books = new Books();
    for (let turn = 0; turn < 5_000; turn += 1) {
      books.feed([turn * 2, turn * 2 + 1]);
      books.feed([30_000 + turn * 2, 30_001 + turn * 2], 20, 1e9);
    }
    expect(books.counts().lost).toBeLessThan(100);
  });

  test('what is missing before a number can be asked before it is taken', () => {
    const books = new Books();
    const { ledger } = books;
    const asked = (sequence: number, atMs: number) =>
      ledger.missingBefore(packet(sequence, at(atMs)));
    expect(asked(7, 0)).toBe(0);
    books.feed([65_530]);
    expect(asked(65_531, 40)).toBe(0);
    expect(asked(65_540, 220)).toBe(9);
    expect(asked(65_000, 220)).toBe(0);
    expect(asked(68_000, 220)).toBe(0); // more than the time can have held
    expect(ledger.newest.latestMs).toBe(20);
    ledger.leaveOutMissing();
    expect(asked(65_540, 220)).toBe(0);
  });

  test('an outage is loss, as long as its time allows', () => {
    const books = new Books();
    books.feed([10]);
    expect(books.feed([160], 3_000)).toEqual([160]);
    expect(books.counts()).toMatchObject({ packets: 2, lost: 149 });
  });

  test.each([
    [20, 960, 149],
    [60, 2_880, 49],
    [2.5, 120, 1_199],
  ])('packets of %d ms: a silence can have held as many as fit', (_, samples, most) => {
    for (const [skipped, lost] of [
      [most, most],
      [most + 100, 0],
    ] as const) {
      const { ledger } = new Books();
      ledger.lasts(samples);
      ledger.admit(packet(10, at(0), 0));
      ledger.admit(packet(11 + skipped, at(3_000), 144_000));
      ledger.admit(packet(12 + skipped, at(3_020), 144_000 + samples));
      expect(ledger.counts().lost).toBe(lost);
    }
  });

  test('a network that loses, repeats and reorders is booked as it was', () => {
    let state = 7;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const books = new Books();
    const sent = Array.from({ length: 100_000 }, (_, index) => 60_000 + index);
    const arrivals: { at: number; sequence: number }[] = [];
    for (const [index, sequence] of sent.entries()) {
      const inside = index > 0 && index < sent.length - 1;
      if (inside && random() < 0.05) continue;
      arrivals.push({ at: index + random() * 20, sequence });
      if (random() < 0.02) arrivals.push({ at: index + random() * 40, sequence });
    }
    arrivals.sort((a, b) => a.at - b.at);
    for (const { at: atMs, sequence } of arrivals) books.take(packet(sequence, at(atMs * 20)));
    const distinct = new Set(arrivals.map(({ sequence }) => sequence)).size;
    expect(books.counts()).toMatchObject({
      packets: distinct,
      lost: sent.length - distinct,
      duplicate: arrivals.length - distinct,
    });
  });
});
