import type { LaneHeight, TapeScale } from './geometry.ts';

/** The sound and the losses of one lane, as `TrackLevels` has them. */
interface TapeSound {
  readonly firstBar: number | null;
  barAt(number: number): number | null;
  lossAt(bar: number): object | null;
}

export interface TapeLane {
  readonly sound: TapeSound | null;
  readonly colour: string;
  /** Bar in which this person left; null while present. */
  readonly leftBar: number | null;
}

/** Gaps and markers, which are drawn across all lanes. */
export interface TapeMarks {
  /** Gaps in order of their beginning, without overlaps; `toSamples` is null while one lasts. */
  readonly gaps: readonly { readonly fromSamples: number; readonly toSamples: number | null }[];
  /** Samples of each marker, oldest first. */
  readonly markers: readonly number[];
}

export interface TapeScene extends TapeMarks {
  readonly lanes: readonly TapeLane[];
  readonly laneHeight: LaneHeight;
  readonly colours: {
    readonly bed: string;
    readonly tint: string;
    readonly hairline: string;
    readonly grid: string;
    readonly caution: string;
    readonly marker: string;
  };
  /** The pattern that fills gaps. */
  readonly hatch: CanvasPattern | null;
  readonly scale: TapeScale;
  readonly ratio: number;
}

export interface View {
  /** Device pixels of tape up to the head line. */
  readonly head: number;
  readonly width: number;
  readonly height: number;
}

export interface Columns {
  readonly fromX: number;
  readonly toX: number;
}
