import { describe, expect, test } from 'vitest';
import type { ExportRequest } from '../../../main/export/export-request.ts';
import { planExport } from '../../../main/export/plan.ts';
import type { Manifest } from '../../../main/recording/manifest.ts';
import { NO_COUNTS } from '../../../main/recording/manifest.ts';

function track(file: string, userId: string | null): Manifest['tracks'][number] {
  return {
    userId,
    name: file,
    file: `tracks/${file}.opus`,
    samples: 0,
    sha256: null,
    ...NO_COUNTS,
  };
}

function request(change: Partial<ExportRequest>, tracks: Manifest['tracks']): ExportRequest {
  const manifest: Manifest = {
    schema: 1,
    state: 'complete',
    app: 'tapedeck 0.1.0',
    startedAt: '2026-11-23T10:15:30.123Z',
    stoppedAt: '2026-11-23T10:15:32.123Z',
    reason: 'user',
    sampleRate: 48_000,
    samples: 96_000,
    guild: { id: '1', name: 'guild' },
    channel: { id: '2', name: 'channel', kind: 'voice' },
    transport: 'aead_aes256_gcm_rtpsize',
    dave: { version: 0, transitions: 0 },
    people: [],
    tracks,
    rejected: { 'not-rtp': 0, 'transport-auth': 0, 'payload-type': 0, 'unknown-ssrc': 0 },
    gaps: [],
    markers: [],
    pauses: [],
    consent: {},
  };
  return {
    recording: { folder: '/library/one', manifest, live: false, sizeBytes: 0 },
    format: 'wav',
    bitDepth: '16',
    channels: 'stereo',
    tracks: null,
    mixdown: false,
    fromSamples: 0,
    toSamples: 96_000,
    folder: '/out',
    ...change,
  };
}

/** No track is looked for on the disk. */
const NOWHERE = new Map<string, string>();

const TWO = [track('01-maya', '11'), track('02-theo', '12')];

describe('export plan', () => {
  test('each person has a file named after their track', () => {
    const { people, mixdown } = planExport(request({}, TWO), NOWHERE);
    expect(people.map(({ name, userId }) => [name, userId])).toEqual([
      ['01-maya.wav', '11'],
      ['02-theo.wav', '12'],
    ]);
    expect(mixdown).toBeNull();
  });

  test('two tracks of one person are one file, under the name that says who it is', () => {
    const tracks = [track('01-unknown', '12'), track('02-maya', '11'), track('03-theo', '12')];
    const { people } = planExport(request({}, tracks), NOWHERE);
    expect(people.map(({ name, tracks: files }) => [name, files.length])).toEqual([
      ['03-theo.wav', 2],
      ['02-maya.wav', 1],
    ]);
  });

  test('tracks without a user stay separate files', () => {
    const tracks = [track('01-unknown', null), track('02-unknown', null)];
    expect(planExport(request({}, tracks), NOWHERE).people).toHaveLength(2);
  });

  test('only chosen tracks are exported, in the order of the recording', () => {
    const chosen = ['tracks/02-theo.opus'];
    const { people } = planExport(request({ tracks: chosen }, TWO), NOWHERE);
    expect(people.map(({ name }) => name)).toEqual(['02-theo.wav']);
  });

  test('a track that is not in the recording is refused', () => {
    const chosen = ['tracks/../../secret.opus'];
    expect(() => planExport(request({ tracks: chosen }, TWO), NOWHERE)).toThrow(
      expect.objectContaining({ reason: 'unknown-track' }),
    );
  });

  test.each([
    [0, 96_001],
    [-1, 96_000],
    [2, 1],
    [0.5, 96_000],
    [0, Number.NaN],
  ])('the range %d to %d of 96000 samples is refused', (fromSamples, toSamples) => {
    expect(() => planExport(request({ fromSamples, toSamples }, TWO), NOWHERE)).toThrow(
      expect.objectContaining({ reason: 'time-outside' }),
    );
  });

  test('a live recording is as long as its owner says', () => {
    const closed = request({ toSamples: 500_000 }, TWO);
    const manifest: Manifest = { ...closed.recording.manifest, state: 'recording', samples: 0 };
    const live = { ...closed, recording: { ...closed.recording, manifest, live: true } };
    expect(planExport(live, NOWHERE).people[0]?.wav.samples).toBe(500_000);
  });

  test('the mixdown comes on top and counts for the space', () => {
    const without = planExport(request({}, TWO), NOWHERE);
    const { mixdown, bytes } = planExport(request({ mixdown: true }, TWO), NOWHERE);
    expect(mixdown?.name).toBe('mixdown.wav');
    expect(without.bytes).toBeGreaterThan(96_000 * 4 * 2);
    expect(bytes).toBe(without.bytes * 1.5);
  });

  test('a recording without tracks gives no files, not even a mixdown', () => {
    expect(planExport(request({ mixdown: true }, []), NOWHERE)).toEqual({
      people: [],
      mixdown: null,
      bytes: 0,
    });
  });
});
