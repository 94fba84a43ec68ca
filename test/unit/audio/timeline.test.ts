import { describe, expect, test } from 'vitest';
import { type Placement, Timeline } from '../../../main/audio/timeline.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { simulate, worstErrorMs, type Impairment } from '../../support/simulated-speech.ts';

const MS = 48;

/** Places packets of 20 ms, given as [sequence, timestamp, arrival in ms, earliest arrival in ms]. */
function place(
  timeline: Timeline,
  packets: readonly (readonly [number, number, number, earliestMs?: number])[],
) {
  return packets.map(([sequence, timestamp, arrivedAtMs, earliestMs = arrivedAtMs]) =>
    timeline.place({
      sequence,
      timestamp: toRtpTimestamp(timestamp),
      arrivedAtSamples: arrivedAtMs * MS,
      earliestAtSamples: earliestMs * MS,
      durationSamples: 960,
    }),
  );
}

/** Positions in samples; null where the time line refused the packet. */
const positions = (placements: readonly (Placement | null)[]): (number | null)[] =>
  placements.map((placement) => placement?.position ?? null);

describe('timeline', () => {
  test('a stream begins where it arrived, on the grid that silence can reach', () => {
    const [first] = place(new Timeline(), [[1, 12_345, 1_000]]);
    expect(first).toEqual({ position: 48_048, startsTalkspurt: true });
    expect(((first?.position ?? 0) + 312) % 120).toBe(0);
  });

  test('a first packet with a timestamp hours ahead of the next ones is placed at its arrival', () => {
    const packets = Array.from({ length: 10 }, (_, index) => ({
      sequence: index,
      timestamp: toRtpTimestamp(index === 0 ? 2 ** 31 : index * 960),
      arrivedAtSamples: (1_000 + index * 20) * MS,
      durationSamples: 960,
    }));
    const timeline = new Timeline();
    for (const packet of packets) timeline.observe(packet);
    const placed = positions(packets.map((packet) => timeline.place(packet)));
    expect(placed).toEqual(packets.map((_, index) => 48_048 + index * 960));
  });

  test('packets read after a stall are placed by the sender’s clock, not by when they were read', () => {
    const timeline = new Timeline();
    place(timeline, [
      [1, 0, 1_000],
      [2, 960, 1_020],
      [3, 1_920, 1_040],
    ]);
    const behind = place(timeline, [
      [4, 2_880, 3_000, 1_050],
      [5, 2_880 + 960, 3_000, 1_050],
      [6, 2_880 + 48_000, 3_001, 1_050],
      [7, 2_880 + 96_000, 3_060, 1_050],
    ]);
    expect(positions(behind)).toEqual([50_928, 51_888, 50_928 + 48_000, 50_928 + 96_000]);

    const fresh = new Timeline();
    const packets = [0, 1, 2, 3].map((index) => ({
      sequence: index,
      timestamp: toRtpTimestamp(index * 24_000),
      arrivedAtSamples: 3_002 * MS,
      earliestAtSamples: 1_050 * MS,
      durationSamples: 960,
    }));
    for (const packet of packets) fresh.observe(packet);
    const firsts = packets.map((packet) => fresh.place(packet));
    expect(positions(firsts)).toEqual([0, 1, 2, 3].map((index) => 72_048 + index * 24_000));
  });

  test('packets of two stalls close together are in place, also with a clock that stands still in silence', () => {
    // Five packets are sent by 2 s and read then. The next begin at 4.04 s, and three of them are read at 4.1 s, before
    // the first one is placed.
    const packets = [
      ...[0, 1, 2, 3, 4].map((index) => ({ index, arrivedMs: 2_000, earliestMs: 1_000 })),
      ...[5, 6, 7].map((index) => ({ index, arrivedMs: 4_100, earliestMs: 2_040 })),
      ...[8, 9, 10, 11].map((index) => ({
        index,
        arrivedMs: 3_940 + index * 20,
        earliestMs: 3_940 + index * 20,
      })),
    ].map(({ index, arrivedMs, earliestMs }) => ({
      sequence: index,
      timestamp: toRtpTimestamp(index * 960),
      arrivedAtSamples: arrivedMs * MS,
      earliestAtSamples: earliestMs * MS,
      durationSamples: 960,
    }));
    const timeline = new Timeline();
    for (const packet of packets) timeline.observe(packet);
    const placedMs = packets.map((packet) => (timeline.place(packet)?.position ?? NaN) / MS);
    for (const at of placedMs.slice(0, 5)) expect(at).toBeLessThanOrEqual(2_001);
    expect(placedMs.slice(5).map((at) => Math.round(at / 10) * 10)).toEqual(
      [5, 6, 7, 8, 9, 10, 11].map((index) => 3_940 + index * 20),
    );
  });

  test.each([-100, 100])('after a stall, a drift of %i ppm is still absorbed', (driftPpm) => {
    const timeline = new Timeline();
    let worstMs = 0;
    for (let second = 0; second < 3_600; second += 4) {
      // 1 s of speech and 3 s of silence, by a clock that drifts.
      for (let index = 0; index < 50; index += 1) {
        const saidMs = second * 1_000 + index * 20;
        const packet = {
          sequence: second * 50 + index,
          timestamp: toRtpTimestamp(Math.round(saidMs * 48 * (1 + driftPpm / 1e6)) % 2 ** 32),
          arrivedAtSamples: Math.round(saidMs * 48),
          earliestAtSamples: Math.round(saidMs * 48) - (second === 60 ? 7_200 : 0),
          durationSamples: 960,
        };
        const placed = timeline.place({ ...packet, sequence: (second / 4) * 50 + index });
        worstMs = Math.max(worstMs, Math.abs((placed?.position ?? NaN) / MS - saidMs));
      }
    }
    expect(worstMs).toBeLessThan(20);
  });

  test('nothing is placed before the track’s first position', () => {
    expect(positions(place(new Timeline(), [[1, 0, -50]]))).toEqual([-312]);
  });

  test('within a talkspurt positions follow the sender’s clock, however the packets arrive', () => {
    const placed = place(new Timeline(), [
      [1, 0, 1_000],
      [2, 960, 1_090],
      [3, 1_920, 1_090],
      [5, 3_840, 1_081],
    ]);
    expect(positions(placed)).toEqual([48_048, 49_008, 49_968, 51_888]);
    expect(placed.map((one) => one?.startsTalkspurt)).toEqual([true, false, false, false]);
  });

  test('a timestamp off the grid goes to the nearest place on it', () => {
    const placed = place(new Timeline(), [
      [1, 0, 1_000],
      [2, 1_000, 1_020],
      [3, 2_030, 1_041],
    ]);
    expect(positions(placed)).toEqual([48_048, 49_008, 50_088]);
  });

  test('a pause of 100 ms is kept to the sample, whatever the network does', () => {
    const placed = place(new Timeline(), [
      [1, 0, 1_000],
      [2, 960 + 4_800, 1_170],
    ]);
    expect(positions(placed)).toEqual([48_048, 48_048 + 5_760]);
  });

  test('both wraps are crossed', () => {
    const placed = place(new Timeline(), [
      [65_535, 2 ** 32 - 960, 0],
      [65_536, 0, 20],
      [65_537, 960, 40],
    ]);
    expect(positions(placed)).toEqual([48, 1_008, 1_968]);
  });

  test('a clock that goes on through silence places a talkspurt whose first packet is delayed by 250 ms', () => {
    const timeline = new Timeline();
    place(timeline, [
      [1, 0, 0],
      [2, 960, 20],
      [3, 1_920, 40],
    ]);
    const [next] = place(timeline, [[4, 1_920 + 96_000, 40 + 2_000 + 250]]);
    expect(next).toEqual({ position: 48 + 1_920 + 96_000, startsTalkspurt: true });
  });

  test('with a clock that stands still in silence, a talkspurt begins at its arrival', () => {
    const timeline = new Timeline();
    place(timeline, [
      [1, 0, 0],
      [2, 960, 20],
    ]);
    const [next, after] = place(timeline, [
      [3, 1_920, 5_000],
      [4, 2_880, 5_020],
    ]);
    expect(next).toEqual({ position: 240_048, startsTalkspurt: true });
    expect(after).toEqual({ position: 241_008, startsTalkspurt: false });
  });

  test('a jump of the timestamp without a pause in arrivals is ignored', () => {
    const timeline = new Timeline();
    place(timeline, [
      [1, 0, 1_000],
      [2, 960, 1_020],
    ]);
    const placed = place(timeline, [
      [3, 48_000 * 3_600, 1_040],
      [4, 48_000 * 3_600 + 960, 1_060],
      [5, 5_000, 1_080],
      [6, 5_960, 1_100],
    ]);
    expect(positions(placed)).toEqual([49_968, 50_928, 51_888, 52_848]);
  });

  test('packets with the same timestamp are placed one behind the other', () => {
    const placed = place(new Timeline(), [
      [1, 5_000, 0],
      [2, 5_000, 20],
      [3, 5_000, 40],
      [4, 5_960, 60],
    ]);
    expect(positions(placed)).toEqual([48, 1_008, 1_968, 2_928]);
  });

  test('a packet more than 5 s ahead of its arrival is refused, and does not move the next ones', () => {
    const timeline = new Timeline();
    const flood = Array.from({ length: 1_000 }, (_, index) => [index, index * 960, 0] as const);
    const placed = positions(place(timeline, flood));
    expect(Math.max(...placed.filter((at) => at !== null))).toBeLessThanOrEqual(5_000 * MS);
    expect(placed.at(-1)).toBeNull();
    const [later] = place(timeline, [[1_000, 960_000, 20_000]]);
    expect(later?.position).toBeGreaterThan(19_000 * MS);
  });

  test('an endless talkspurt is placed anew when its clock has fallen 200 ms behind', () => {
    const timeline = new Timeline();
    const slow = 1 - 500e-6;
    let starts = 0;
    for (let index = 0; index < 60_000; index += 1) {
      const [placed] = place(timeline, [[index, index * 960, (index * 20) / slow]]);
      if (placed?.startsTalkspurt === true) starts += 1;
      expect(Math.abs((placed?.position ?? 0) / MS - (index * 20) / slow)).toBeLessThan(220);
    }
    expect(starts).toBe(3);
  });

  test('positions never run backwards, whatever a sender does', () => {
    let state = 11;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let run = 0; run < 50; run += 1) {
      const timeline = new Timeline();
      let end = -312;
      let timestamp = Math.floor(random() * 2 ** 32);
      let arrivedAtMs = 0;
      for (let sequence = 0; sequence < 300; sequence += 1 + Math.floor(random() * 1.2)) {
        timestamp += random() < 0.1 ? Math.floor((random() - 0.5) * 2 ** 32) : 960;
        arrivedAtMs += random() < 0.1 ? random() * 3_000 : 20;
        const [placed] = place(timeline, [[sequence, timestamp, arrivedAtMs + random() * 100]]);
        if (placed === null || placed === undefined) continue; // refused
        const { position } = placed;
        expect((position + 312) % 120).toBe(0);
        expect(position).toBeGreaterThanOrEqual(end);
        end = position + 960;
      }
    }
  });
});

/** Worst error in milliseconds, over two speakers. */
function worst(impairment: Omit<Impairment, 'seed' | 'minutes'> & { minutes?: number }): number {
  const placements = [77, 90].flatMap((seed) => simulate({ minutes: 6, ...impairment, seed }));
  return worstErrorMs(placements);
}

describe('timeline, a conversation through a bad network', () => {
  test.each([
    ['nothing wrong', {}, 1.25],
    ['jitter of 10 ms', { jitterMs: 10 }, 10],
    ['jitter of 40 ms', { jitterMs: 40 }, 25],
    ['first packets held up to 300 ms', { firstHeldMs: 300 }, 10],
    ['1 % lost', { loss: 0.01 }, 1.25],
    ['5 % lost', { loss: 0.05 }, 1.25],
    ['10 % lost', { loss: 0.1 }, 1.25],
    ['a clock 100 ppm fast, for an hour', { driftPpm: 100, minutes: 60 }, 10],
    ['a clock 200 ppm slow, for an hour', { driftPpm: -200, minutes: 60 }, 10],
    ['a clock that stands still in silence', { clock: 'frozen' }, 1.25],
    ['the same with first packets held', { clock: 'frozen', firstHeldMs: 300 }, 25],
    ['the same with losses', { clock: 'frozen', loss: 0.05 }, 1.25],
  ] as const)(
    '%s',
    (_, impairment, mostMs) => {
      expect(worst(impairment)).toBeLessThanOrEqual(mostMs);
    },
    60_000,
  );

  test('within a talkspurt the distances of frames are exactly those of their timestamps', () => {
    const bySpurt = new Map<number, number[]>();
    for (const { spurt, errorMs } of simulate({ seed: 5, minutes: 5, jitterMs: 30, loss: 0.05 })) {
      bySpurt.set(spurt, [...(bySpurt.get(spurt) ?? []), errorMs]);
    }
    expect(bySpurt.size).toBeGreaterThan(20);
    for (const errors of bySpurt.values()) {
      expect(Math.max(...errors) - Math.min(...errors)).toBeLessThan(1e-6);
    }
  });
});
