import { BAR_SAMPLES } from '../../../preload/contract/events.ts';
import type {
  GapSnapshot,
  MarkerSnapshot,
  RecordingSessionSnapshot,
} from '../../../preload/contract/snapshot.ts';

const SECOND = 48_000;

/** Fields of a recording without pauses, markers and gaps. */
export const NO_MARKS = { pausedAtSamples: null, markers: [], gaps: [] } as const;

export type MarksScene = 'paused' | 'paused-many' | 'marked' | 'marked-many';

export function isMarksScene(name: string): name is MarksScene {
  return ['paused', 'paused-many', 'marked', 'marked-many'].includes(name);
}

/**
 * `session`, which is `samples` long: paused for 12 s, or with gaps and markers in the last minute, which the tape
 * shows.
 */
export function withMarks(
  session: RecordingSessionSnapshot,
  name: MarksScene,
  samples: number,
): RecordingSessionSnapshot {
  const ago = (seconds: number) => samples - seconds * SECOND;
  const gap = (reason: GapSnapshot['reason'], from: number, to: number): GapSnapshot => ({
    reason,
    fromSamples: ago(from),
    toSamples: ago(to),
  });
  const marker = (number: number, seconds: number, note: string): MarkerSnapshot => ({
    number,
    samples: ago(seconds),
    note,
  });
  const first = marker(0, 38, 'Ship reveal');
  switch (name) {
    case 'paused':
    case 'paused-many':
      return { ...session, pausedAtSamples: ago(12), markers: [first] };
    case 'marked':
    case 'marked-many':
      return {
        ...session,
        gaps: [
          gap('network', 54, 51),
          gap('reconnect', 46, 39.5),
          gap('pause', 21, 15),
          gap('server-move', 7, 6.4),
        ],
        markers: [
          first,
          marker(1, 29, ''),
          marker(2, 27, 'Okke forgets the name of the ship, and of the captain, and of the sea'),
          marker(3, 13, '高橋さんの歌'),
          marker(4, 0.2, ''),
        ],
      };
  }
}

/** Whether that bar has no sound: it is in a gap, in the pause under way, or after the connection was lost. */
export function isSilent(session: RecordingSessionSnapshot, bar: number): boolean {
  const samples = bar * BAR_SAMPLES;
  const { connection, pausedAtSamples, gaps } = session;
  if (pausedAtSamples !== null && samples >= pausedAtSamples) return true;
  if (connection.kind === 'retrying' && samples >= connection.fromSamples) return true;
  return gaps.some(({ fromSamples, toSamples }) => samples >= fromSamples && samples < toSamples);
}
