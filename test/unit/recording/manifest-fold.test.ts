import { describe, expect, test } from 'vitest';
import {
  MOST_MANIFEST_BYTES,
  NO_COUNTS,
  NO_REJECTS,
  parseManifest,
  writeManifest,
  type Manifest,
} from '../../../main/recording/manifest.ts';
import { ManifestFold } from '../../../main/recording/manifest-fold.ts';
import { toRecordingEvent } from '../../../main/recording/recording-event.ts';

const AT = '2026-11-23T10:15:30.123Z';
const TRACK = { event: 'track', file: 'tracks/01-ann.opus', userId: '11', name: 'ann' };

const EMPTY: Manifest = {
  schema: 1,
  state: 'recording',
  app: 'tapedeck',
  startedAt: AT,
  stoppedAt: null,
  reason: null,
  sampleRate: 48_000,
  samples: 0,
  guild: { id: '1', name: 'g' },
  channel: { id: '2', name: 'c', kind: 'voice' },
  transport: 't',
  dave: { version: 0, transitions: 0 },
  people: [],
  tracks: [],
  rejected: NO_REJECTS,
  gaps: [],
  markers: [],
  pauses: [],
  consent: {},
};

interface Told {
  readonly event: string;
  readonly samples?: number;
  readonly [fact: string]: unknown;
}

/** The manifest of those events and a track, as it is read back from the file. */
function tell(events: Iterable<Told>): Manifest {
  const fold = new ManifestFold(EMPTY);
  for (const told of [...events, TRACK]) {
    const event = toRecordingEvent({ at: AT, samples: 0, ...told });
    if (event !== null) fold.take(event);
  }
  const text = writeManifest(fold.manifest());
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_MANIFEST_BYTES);
  return parseManifest(text) ?? expect.fail('cannot be read back');
}

const times = <One>(count: number, one: (index: number) => One): One[] =>
  Array.from({ length: count }, (_, index) => one(index));

// Each test folds 100,000 events, which takes seconds on a busy computer.
describe('manifest fold', { timeout: 30_000 }, () => {
  test.each([
    ['gaps', { event: 'gap', reason: 'x', fromSamples: 0, toSamples: 0 }],
    ['markers', { event: 'marker', note: '' }],
    ['people', { event: 'present', name: '' }],
  ] as const)('of more %s than it may hold, the first are kept', (list, one) => {
    const manifest = tell(
      times(100_001, (samples) => ({ ...one, samples, userId: String(samples) })),
    );
    expect(manifest[list]).toHaveLength(100_000);
    expect(manifest.tracks).toMatchObject([{ file: TRACK.file }]);
  });

  test('of more pauses than it may hold, the first are kept', () => {
    const manifest = tell(
      times(200_002, (samples) => ({ event: samples % 2 ? 'resume' : 'pause', samples })),
    );
    expect(manifest.pauses).toHaveLength(100_000);
    expect(manifest.pauses.at(-1)).toEqual([199_998, 199_999]);
    expect(manifest.tracks).toHaveLength(1);
  });

  test('of more tracks than it may hold, the first are kept', () => {
    const manifest = tell(
      times(10_001, (index) => ({ ...TRACK, file: `tracks/${String(index)}.opus` })),
    );
    expect(manifest.tracks).toHaveLength(10_000);
  });

  test('of one person’s joins and leaves, the first are kept', () => {
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

  test('is never larger than what is read back, however long its notes are', () => {
    const note = 'ü'.repeat(4_000);
    const manifest = tell(times(10_000, (samples) => ({ event: 'marker', samples, note })));
    expect(manifest.markers.length).toBeGreaterThan(3_000);
    expect(manifest.markers.length).toBeLessThan(10_000);
  });

  test('an event that no manifest can hold is left out alone', () => {
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

  test('a resume without a pause changes no pause before it, and a pause that lasts is not over', () => {
    const { pauses } = tell([
      { event: 'pause', samples: 1 },
      { event: 'resume', samples: 2 },
      { event: 'resume', samples: 3 },
      { event: 'pause', samples: 4 },
    ]);
    expect(pauses).toEqual([[1, 2]]);
  });

  test('a choice stands with its person, and in the ledger whoever made it, bots aside', () => {
    const started = '2026-11-23T10:15:31.000Z';
    const consent = { notices: [], people: [] };
    const { people, consent: told } = tell([
      { ...EMPTY, event: 'recording', consent },
      { event: 'started', startedAt: started },
      { event: 'present', userId: '11', name: 'ann' },
      { event: 'present', userId: '12', name: 'ben', excluded: true },
      { event: 'present', userId: '13', name: 'bot', bot: true },
      { event: 'excluded', samples: 48, userId: '11', excluded: true, by: 'operator' },
      { event: 'excluded', samples: 48, userId: '13', excluded: true, by: 'operator' },
      { event: 'excluded', samples: 96, userId: '11', excluded: true, by: 'person' },
      { event: 'excluded', samples: 96, userId: '12', excluded: false, by: 'operator' },
      { event: 'excluded', samples: 96, userId: '14', excluded: true, by: 'person' },
      { event: 'present', samples: 144, userId: '14', name: 'dan', excluded: true, by: 'person' },
      { event: 'present', samples: 144, userId: '15', name: 'eve', excluded: true, by: 'person' },
    ]);
    expect(people.map(({ userId, excluded }) => [userId, excluded])).toEqual([
      ['11', true],
      ['12', false],
      ['13', true],
      ['14', true],
      ['15', true],
    ]);
    const choiceAt = '2026-11-23T10:15:31.002Z';
    const later = '2026-11-23T10:15:31.003Z';
    expect(told.people).toEqual([
      { userId: '11', toldAt: null, choice: 'refused', choiceAt, by: 'person' },
      { userId: '12', toldAt: null, choice: 'none', choiceAt, by: 'operator' },
      { userId: '14', toldAt: null, choice: 'refused', choiceAt, by: 'person' },
      { userId: '15', toldAt: null, choice: 'refused', choiceAt: later, by: 'person' },
    ]);
  });

  test('an event with a known marker’s number changes that marker; without numbers, its position is the key', () => {
    const { markers } = tell([
      { event: 'marker', samples: 5, number: 0, note: 'a' },
      { event: 'marker', samples: 5, number: 1, note: 'b' },
      { event: 'marker', samples: 5, number: 0, note: 'c' },
      { event: 'marker', samples: 7, note: 'd' },
      { event: 'marker', samples: 7, note: 'e' },
    ]);
    expect(markers).toEqual([
      { samples: 5, note: 'c' },
      { samples: 5, note: 'b' },
      { samples: 7, note: 'e' },
    ]);
  });

  test('the first event resets the fold, the last one cuts everything to the length', () => {
    const end = { rejected: NO_REJECTS, faults: 2, dave: { version: 1, transitions: 3 } };
    const track = { ...TRACK, samples: 48, sha256: 'a'.repeat(64), ...NO_COUNTS, talk: [[0, 9]] };
    const manifest = tell([
      { event: 'marker', samples: 1, number: 0, note: 'of another recording' },
      { ...EMPTY, event: 'recording', app: 'tapedeck 9' },
      { event: 'started', startedAt: '2026-11-23T10:15:31.000Z' },
      { event: 'present', userId: '11', name: 'ann' },
      { event: 'gap', reason: 'network', fromSamples: 40, toSamples: 90 },
      { event: 'gap', reason: 'network', fromSamples: 60, toSamples: 90 },
      { event: 'stopped', samples: 48, reason: 'user', tracks: [track], ...end },
    ]);
    expect(manifest).toMatchObject({
      state: 'complete',
      app: 'tapedeck 9',
      reason: 'user',
      samples: 48,
      stoppedAt: '2026-11-23T10:15:31.001Z',
      people: [{ userId: '11', present: [[0, 48]] }],
      gaps: [{ fromSamples: 40, toSamples: 48 }],
      markers: [],
      ...end,
    });
  });

  test('a recording with an older closing event is read from the manifest that it carries', () => {
    const closed = { ...EMPTY, state: 'complete', reason: 'kicked', samples: 9 };
    expect(tell([{ event: 'stopped', samples: 9, manifest: closed }])).toMatchObject({
      state: 'complete',
      reason: 'kicked',
      samples: 9,
    });
  });
});
