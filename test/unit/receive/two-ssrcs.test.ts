import { describe, expect, test } from 'vitest';
import { SILENCE_FRAME } from '../../../main/audio/opus-silence.ts';
import { toTimelinePosition } from '../../../main/audio/timeline-position.ts';
import { HeldSilence } from '../../../main/receive/held-silence.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { HeardCall } from '../../support/heard-call.ts';

/** A stereo silence frame, one of 10 ms, and a packet whose sender had nothing to send (DTX). */
const OTHER_SILENCE = [Uint8Array.of(0xfc, 0xff, 0xfe), Uint8Array.of(0xf0, 0xff, 0xfe)];
const DTX = Uint8Array.of(0x78);

const speech = (mark: number): Uint8Array => Uint8Array.of(0x78, mark, 1, 2, 3, 4);

interface Voice {
  readonly ssrc: number;
  readonly fromMs: number;
  readonly packets: readonly Uint8Array[];
  /** Of its way to us, by packet. */
  readonly delayMs?: (index: number) => number;
}

const times = (count: number, what: (index: number) => Uint8Array): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => what(index));

/** One person's voices at once; every packet lasts 20 ms. */
async function hear(voices: readonly Voice[]) {
  await using call = await HeardCall.open();
  const arrivals = voices.flatMap(({ ssrc, fromMs, packets, delayMs = () => 40 }) =>
    packets.map((payload, index) => ({
      fields: { ssrc, sequence: 100 + index, timestamp: toRtpTimestamp(index * 960 + ssrc) },
      payload,
      atMs: fromMs + index * 20 + delayMs(index),
    })),
  );
  for (const { ssrc } of voices) call.receive.name(ssrc, '11');
  for (const packet of arrivals.sort((a, b) => a.atMs - b.atMs)) call.hear(packet, packet.atMs);
  call.receive.endVoiceSession();
  expect(call.faults).toEqual([]);
  const spoken = call.placed.filter(({ opus }) => opus.byteLength > 3).length;
  return { counts: call.counts('11'), spoken };
}

const silent = times(150, () => SILENCE_FRAME);
const spoken100 = times(100, speech);

describe('two SSRCs of one person', () => {
  test.each([0, 7, 10, 13])(
    'what the new one says takes the place of the old one’s silence, %d ms off its frames',
    async (offMs) => {
      const { counts, spoken } = await hear([
        { ssrc: 1, fromMs: 500, packets: [...times(50, speech), ...silent] },
        { ssrc: 2, fromMs: 2_000 + offMs, packets: spoken100 },
      ]);
      expect(spoken).toBe(150);
      expect(counts).toMatchObject({ lost: 0, packets: 300 - counts.late });
      expect(counts.late).toBeGreaterThanOrEqual(100);
      expect(counts.late).toBeLessThanOrEqual(101); // silence of 100 places, and of one that was half free
    },
  );

  test('and the other way round', async () => {
    const { counts, spoken } = await hear([
      { ssrc: 1, fromMs: 500, packets: times(150, speech) },
      { ssrc: 2, fromMs: 1_013, packets: silent },
    ]);
    expect(spoken).toBe(150);
    expect(counts.lost).toBe(0);
  });

  test('three SSRCs, and silence of other forms', async () => {
    const { counts, spoken } = await hear([
      { ssrc: 1, fromMs: 500, packets: times(150, (index) => OTHER_SILENCE[index % 3] ?? DTX) },
      { ssrc: 2, fromMs: 703, packets: times(150, () => DTX) },
      { ssrc: 3, fromMs: 909, packets: spoken100 },
    ]);
    expect(spoken).toBe(100);
    expect(counts.lost).toBe(0);
  });

  test('on a network whose delay changes by 60 ms and which loses a packet', async () => {
    const jitter = (index: number): number => 40 + ((index * 37) % 60);
    const { counts, spoken } = await hear([
      { ssrc: 1, fromMs: 500, packets: silent, delayMs: jitter },
      {
        ssrc: 2,
        fromMs: 811,
        packets: spoken100,
        delayMs: (index) => (index === 3 ? 190 : jitter(index + 5)),
      },
    ]);
    expect(spoken).toBe(100);
    expect(counts.lost).toBe(0);
  });

  test.each([0, 20, 40, 60, 80])(
    'an SSRC that changes in mid-word costs no packet where the delay changes by 100 ms, from %d on',
    async (fromMs) => {
      const jitter = (index: number): number => 40 + ((index * 37 + fromMs) % 101);
      const { counts, spoken } = await hear([
        { ssrc: 1, fromMs: 500, packets: spoken100, delayMs: jitter },
        { ssrc: 2, fromMs: 2_500, packets: spoken100, delayMs: (index) => jitter(index + 100) },
      ]);
      expect(spoken).toBe(200);
      expect(counts).toMatchObject({ lost: 0, late: 0 });
    },
  );

  test('sound of two SSRCs at once is not moved: places that one has are not the other’s', async () => {
    const { counts } = await hear([
      { ssrc: 1, fromMs: 500, packets: spoken100 },
      { ssrc: 2, fromMs: 1_500, packets: spoken100 },
    ]);
    expect(counts).toMatchObject({ lost: 0, packets: 150, late: 50 });
  });

  test('silence of one SSRC alone is all written', async () => {
    const { counts } = await hear([
      { ssrc: 1, fromMs: 500, packets: [...times(50, speech), ...silent, ...times(50, speech)] },
    ]);
    expect(counts).toMatchObject({ packets: 250, lost: 0, late: 0 });
  });
});

describe('held silence', () => {
  function rig() {
    const put: number[] = [];
    const waiting = { sinceMs: Infinity };
    const silence = new HeldSilence(() => waiting.sinceMs);
    const hold = (position: number, arrivedAtMs: number): void =>
      silence.hold({
        position: toTimelinePosition(position),
        durationSamples: 960,
        arrivedAtMs,
        put: () => put.push(position),
      });
    return { put, waiting, silence, hold };
  }

  test('is put 400 ms after it arrived, in order of its positions', () => {
    const { put, silence, hold } = rig();
    hold(1_920, 20);
    hold(960, 30);
    silence.release(419);
    expect(put).toEqual([]);
    silence.release(430);
    expect(put).toEqual([960, 1_920]);
  });

  test('is put before sound that comes behind it, and not before sound that it overlaps', () => {
    const { put, silence, hold } = rig();
    hold(960, 0);
    hold(1_920, 0);
    silence.makeWay(toTimelinePosition(2_400));
    expect(put).toEqual([960]);
    silence.flush();
    expect(put).toEqual([960, 1_920]);
  });

  test('waits for sound of the same time that waits for its key', () => {
    const { put, waiting, silence, hold } = rig();
    hold(960, 1_000);
    waiting.sinceMs = 1_100;
    silence.release(2_500);
    expect(put).toEqual([]);
    waiting.sinceMs = 1_500;
    silence.release(2_500);
    expect(put).toEqual([960]);
  });

  test('is no more than 1,024 packets', () => {
    const { put, hold } = rig();
    for (let index = 0; index < 1_030; index += 1) hold(index * 960, 0);
    expect(put).toEqual([0, 960, 1_920, 2_880, 3_840, 4_800]);
  });
});
