import type { GapSnapshot, MarkerSnapshot } from '../../preload/contract/snapshot.ts';
import type { SessionView } from '../session/session.ts';

/** Of each kind as many cross the border: the tape shows minutes, a recording may last for days. */
const NEWEST = 200;

/** The newest markers with their numbers in the recording. */
export function toMarkers(markers: SessionView['markers']): readonly MarkerSnapshot[] {
  const first = Math.max(0, markers.length - NEWEST);
  return markers
    .slice(first)
    .map(({ samples, note }, index) => ({ number: first + index, samples, note }));
}

export function toGaps(gaps: SessionView['gaps']): readonly GapSnapshot[] {
  return gaps
    .slice(-NEWEST)
    .map(({ reason, fromSamples, toSamples }) => ({ reason, fromSamples, toSamples }));
}
