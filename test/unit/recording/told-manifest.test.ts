import { describe, expect, test } from 'vitest';
import {
  MOST_MANIFEST_BYTES,
  NO_REJECTS,
  parseManifest,
  writeManifest,
  type Manifest,
} from '../../../main/recording/manifest.ts';
import { OPEN_PAUSE, ToldManifest } from '../../../main/recording/told-manifest.ts';

const AT = '2026-11-23T10:15:30.123Z';
const TRACK = { event: 'track', file: 'tracks/01-ann.opus', userId: '11', name: 'ann' };

const EMPTY: Manifest = {
  ...{ schema: 1, state: 'recording', app: 'tapedeck', startedAt: AT, stoppedAt: null },
  ...{ reason: null, sampleRate: 48_000, samples: 0, guild: { id: '1', name: 'g' } },
  ...{ channel: { id: '2', name: 'c', kind: 'voice' }, transport: 't' },
  ...{ dave: { version: 0, transitions: 0 }, people: [], tracks: [], rejected: NO_REJECTS },
  ...{ gaps: [], markers: [], pauses: [], consent: {} },
};

interface Told {
  readonly event: string;
  readonly samples?: number;
  readonly [fact: string]: unknown;
}

/** The manifest of those events with a track behind them, as it is read back from the file. */
function tell(events: Iterable<Told>): Manifest {
  const told = new ToldManifest(EMPTY);
  for (const event of events) told.take({ at: AT, samples: 0, ...event });
  told.take({ at: AT, samples: 0, ...TRACK });
  const text = writeManifest(told.manifest() ?? expect.fail('no manifest'));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_MANIFEST_BYTES);
  return parseManifest(text) ?? expect.fail('cannot be read back');
}

const times = <One>(count: number, one: (index: number) => One): One[] =>
  Array.from({ length: count }, (_, index) => one(index));

// A hundred thousand events each: seconds on a computer that is busy otherwise.
describe('told manifest', { timeout: 30_000 }, () => {
  test.each([
    ['gaps', { event: 'gap', reason: 'x', fromSamples: 0, toSamples: 0 }],
    ['markers', { event: 'marker', note: '' }],
    ['pauses', { event: 'pause' }],
    ['people', { event: 'left', name: '' }],
  ] as const)('of more %s than it may hold, the first are kept', (list, one) => {
    const manifest = tell(
      times(100_001, (samples) => ({ ...one, samples, userId: String(samples) })),
    );
    expect(manifest[list]).toHaveLength(100_000);
    expect(manifest.tracks).toMatchObject([{ file: TRACK.file }]);
  });

  test('of more tracks than it may hold, the first are kept', () => {
    const manifest = tell(
      times(10_001, (index) => ({ ...TRACK, file: `tracks/${String(index)}.opus` })),
    );
    expect(manifest.tracks).toHaveLength(10_000);
  });

  test('of one person’s comings and goings, the first are kept', () => {
    const person = { userId: '11', name: 'ann' };
    const manifest = tell(
      times(200_002, (samples) => ({
        ...person,
        event: samples % 2 ? 'left' : 'present',
        samples,
      })),
    );
    expect(manifest.people[0]?.present).toHaveLength(100_000);
    expect(manifest.people[0]?.present.at(-1)).toEqual([199_998, 199_999]);
    expect(manifest.tracks).toHaveLength(1);
  });

  test('stays within what is read back, however long its notes are', () => {
    const note = 'ü'.repeat(4_000);
    const manifest = tell(times(10_000, (samples) => ({ event: 'marker', samples, note })));
    expect(manifest.markers.length).toBeGreaterThan(3_000);
    expect(manifest.markers.length).toBeLessThan(10_000);
  });

  test('what no manifest can hold is left out by itself', () => {
    const long = 'x'.repeat(5_000);
    const manifest = tell([
      { ...TRACK, event: 'track', file: '../x.opus' },
      { event: 'track', file: 'tracks/02-x.opus', userId: '12', name: long },
      { event: 'gap', reason: long, fromSamples: 0, toSamples: 0 },
      { event: 'marker', samples: 0, note: long },
      { event: 'present', userId: '11', name: long },
      { event: 'present', userId: '12', name: 'bea', samples: 1e300 },
      { event: 'started', startedAt: AT, app: long },
      { event: 'recording', ...EMPTY, transport: long },
      { event: 'recording', ...EMPTY, consent: { long: 'x'.repeat(2_000_000) } },
      {
        event: 'stopped',
        manifest: { ...EMPTY, consent: { long: 'x'.repeat(33_000_000) } },
      },
    ]);
    expect(manifest).toMatchObject({ ...EMPTY, tracks: [{ file: TRACK.file }] });
  });

  test('a resume without a pause changes no pause before it', () => {
    const { pauses } = tell([
      { event: 'pause', samples: 1 },
      { event: 'resume', samples: 2 },
      { event: 'resume', samples: 3 },
      { event: 'pause', samples: 4 },
    ]);
    expect(pauses).toEqual([
      [1, 2],
      [4, OPEN_PAUSE],
    ]);
  });
});
