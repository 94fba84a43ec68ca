import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { RecordingInfo } from '../recording/library.ts';

/** Older ones hardly matter. */
const NEWEST = 10;

/** A line for each of the newest recordings: what became of it and its packets. No names, of people or of places. */
export function recordingFigures(
  recordings: readonly { readonly info: Pick<RecordingInfo, 'manifest' | 'sizeBytes'> }[],
): string[] {
  return recordings.slice(0, NEWEST).map(({ info: { manifest, sizeBytes } }) => {
    const { app, state, reason, startedAt, samples, transport, dave, tracks } = manifest;
    const sum = (count: 'packets' | 'lost' | 'late' | 'undecryptable' | 'duplicate'): number =>
      tracks.reduce((total, track) => total + track[count], 0);
    return JSON.stringify({
      app,
      startedAt,
      state,
      reason,
      seconds: Math.round(samples / SAMPLE_RATE_HZ),
      sizeBytes,
      kind: manifest.channel.kind,
      transport,
      dave: dave.version,
      transitions: dave.transitions,
      people: manifest.people.length,
      tracks: tracks.length,
      packets: sum('packets'),
      lost: sum('lost'),
      late: sum('late'),
      undecryptable: sum('undecryptable'),
      duplicate: sum('duplicate'),
      rejected: manifest.rejected,
      gaps: manifest.gaps.map(
        (gap) =>
          `${gap.reason} ${((gap.toSamples - gap.fromSamples) / SAMPLE_RATE_HZ).toFixed(1)} s`,
      ),
    });
  });
}
