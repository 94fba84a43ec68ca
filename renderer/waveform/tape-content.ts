import type { LaneHeight } from './geometry.ts';
import type { TapeMarks } from './tape-scene.ts';

/** One lane as the page knows it; colours come from the page's theme. */
export interface LaneOnTape {
  readonly track: string | null;
  readonly personNumber: number;
  readonly leftAtSamples: number | null;
}

/** What a tape shows apart from the sound itself. */
export interface TapeContent extends TapeMarks {
  readonly lanes: readonly LaneOnTape[];
  readonly laneHeight: LaneHeight;
}
