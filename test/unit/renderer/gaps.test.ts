import { describe, expect, test } from 'vitest';
import { gapsOf, stretchesOf, type Gap } from '../../../renderer/bridge/gaps.ts';
import { gapWords } from '../../../renderer/waveform/flag-words.ts';

const SECOND = 48_000;

const gap = (reason: Gap['reason'], from: number, to: number) => ({
  reason,
  fromSamples: from * SECOND,
  toSamples: to * SECOND,
});

const connection = { kind: 'good' } as const;

describe('gaps of a recording', () => {
  test('gaps that are over and gaps that last are in order of their beginning', () => {
    const gaps = [gap('network', 30, 33), gap('pause', 10, 40)];
    const fromSamples = 45 * SECOND;
    const lost = { kind: 'retrying', sinceMs: 0, fromSamples, attempt: 1 } as const;
    const all = gapsOf({ gaps, pausedAtSamples: 50 * SECOND, connection: lost });
    expect(all.map(({ reason, toSamples }) => [reason, toSamples])).toEqual([
      ['pause', 40 * SECOND],
      ['network', 33 * SECOND],
      ['reconnect', null],
      ['pause', null],
    ]);
  });

  test('gaps that overlap are merged', () => {
    const gaps = [gap('pause', 10, 40), gap('network', 30, 33), gap('reconnect', 35, 45)];
    expect(stretchesOf(gapsOf({ gaps, pausedAtSamples: null, connection }))).toEqual([
      { fromSamples: 10 * SECOND, toSamples: 45 * SECOND },
    ]);
  });

  test('gaps that do not overlap stay apart', () => {
    const gaps = [gap('pause', 10, 20), gap('pause', 20, 30)];
    expect(stretchesOf(gaps)).toHaveLength(2);
  });

  test('a gap that lasts covers those that began in it', () => {
    const gaps = [gap('network', 30, 33)];
    const all = gapsOf({ gaps, pausedAtSamples: 20 * SECOND, connection });
    expect(stretchesOf(all)).toEqual([{ fromSamples: 20 * SECOND, toSamples: null }]);
  });
});

describe('flags of gaps', () => {
  test.each([
    [gap('reconnect', 10, 17), 'No connection, 7 s'],
    [gap('pause', 10, 130), 'Paused, 2 min'],
    [gap('sleep', 10, 250), 'Computer slept, 4 min'],
    [gap('network', 10, 13), 'Nothing arrived, 3 s'],
    [gap('server-move', 10, 10.4), 'Discord moved the call, under 1 s'],
    [gap('channel-move', 10, 12), 'Moved to another channel, 2 s'],
  ])('%o says why and how long', (one, words) => {
    expect(gapWords(one, 999 * SECOND)).toBe(words);
  });

  test('one that lasts says how long so far', () => {
    const open = { reason: 'pause', fromSamples: 10 * SECOND, toSamples: null } as const;
    expect(gapWords(open, 22 * SECOND)).toBe('Paused, 12 s');
    expect(gapWords(open, 9 * SECOND)).toBe('Paused, under 1 s');
  });
});
