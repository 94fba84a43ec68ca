import { describe, expect, test } from 'vitest';
import { FIRST_POSITION, toTimelinePosition } from '../../../main/audio/timeline-position.ts';
import { BAR_SAMPLES, KEPT_BARS } from '../../../preload/contract/events.ts';
import { Meters } from '../../../main/session/meters.ts';
import { encodeVoice, voicePcm } from '../../support/voice.ts';

const TRACK = { file: 'tracks/01-mara.opus' };
const FRAME = 960;
const SECOND = 48_000;

/** One second of speech, in packets of 20 ms. */
const speech = encodeVoice(voicePcm(SECOND, 3));

/** Gives the meters the packets `from` to `to`, each at its position. */
function say(meters: Meters, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    const opus = speech[index];
    if (opus !== undefined) meters.push(TRACK, toTimelinePosition(index * FRAME), opus);
  }
}

describe('meters', () => {
  test('a reading has the bars that changed since the last one', () => {
    const meters = new Meters();
    say(meters, 0, 15);
    const [first] = meters.read();
    expect(first?.track).toBe(TRACK.file);
    expect(first?.bars.map(([bar]) => bar)).toEqual([0, 1]);
    expect(first?.peakDb).toBe(Math.max(...(first?.bars.map(([, peak]) => peak) ?? [])));
    say(meters, 15, 18);
    expect(meters.read()[0]?.bars.map(([bar]) => bar)).toEqual([1]);
    expect(meters.read()).toEqual([{ track: TRACK.file, peakDb: -100, bars: [] }]);
  });

  test('a bar that is read twice keeps its highest peak', () => {
    const [whole, halves] = [new Meters(), new Meters()];
    say(whole, 0, 10);
    const peak = whole.read()[0]?.bars[0]?.[1];
    say(halves, 0, 5);
    halves.read();
    say(halves, 5, 10);
    expect(halves.read()[0]?.bars).toEqual([[0, peak]]);
  });

  test('a packet that begins before sample 0 is in the first bar', () => {
    const meters = new Meters();
    meters.push(TRACK, FIRST_POSITION, speech[10] ?? new Uint8Array());
    expect(meters.read()[0]?.bars.map(([bar]) => bar)).toEqual([0]);
  });

  test('at most 500 ms of a speaker wait to be read', () => {
    const meters = new Meters();
    say(meters, 0, 50);
    expect(meters.read()[0]?.bars.map(([bar]) => bar)).toEqual([2, 3, 4]);
  });

  test('skipped packets are never decoded', () => {
    const meters = new Meters();
    say(meters, 0, 48);
    meters.skip();
    say(meters, 48, 50);
    expect(meters.read()[0]?.bars.map(([bar]) => bar)).toEqual([4]);
  });

  test('bars that were read are kept in their newest form, skipped ones are not', () => {
    const meters = new Meters();
    say(meters, 0, 5);
    meters.read();
    say(meters, 5, 12);
    const [last] = meters.read();
    say(meters, 12, 40);
    meters.skip();
    expect(meters.kept()).toEqual([{ track: TRACK.file, peakDb: -100, bars: last?.bars }]);
    expect(last?.bars.map(([bar]) => bar)).toEqual([0, 1]);
  });

  test('the newest bars are kept, as many as the window keeps', () => {
    const meters = new Meters();
    const [opus = new Uint8Array()] = speech;
    for (let bar = 0; bar < KEPT_BARS + 10; bar += 1) {
      meters.push(TRACK, toTimelinePosition(bar * BAR_SAMPLES), opus);
      meters.read();
    }
    const bars = meters.kept()[0]?.bars.map(([number]) => number) ?? [];
    expect(bars).toHaveLength(KEPT_BARS);
    expect([bars[0], bars.at(-1)]).toEqual([10, KEPT_BARS + 9]);
  });
});
