import { BAR_SAMPLES } from '../../preload/contract/events.ts';

/** Heights of a lane in pixels, tallest first: the first at which all lanes fit is taken. */
export const LANE_HEIGHTS = [88, 72, 56, 44, 36, 30, 25, 21] as const;
export type LaneHeight = (typeof LANE_HEIGHTS)[number];

/** Bars between two lines of the grid: 10 s. */
export const GRID_BARS = 50;

/** A bar with its gap takes 3 CSS pixels, so the tape runs at 15 pixels a second. */
const BAR_PITCH = 3;

/** Quietest peak that is taller than the silence line. */
const FLOOR_DB = -48;

/** The first step at which `count` lanes fit into `available` pixels, never taller than `ceiling`; the last if none does. */
export function fittingLaneHeight(
  count: number,
  available: number,
  ceiling: LaneHeight = 88,
): LaneHeight {
  return (
    LANE_HEIGHTS.find((height) => height <= ceiling && height * count <= available) ??
    LANE_HEIGHTS[7]
  );
}

/** How the tape is laid out in device pixels. */
export interface TapeScale {
  /** Device pixels from one bar to the next: whole, so that the tape moves by whole pixels. */
  readonly pitch: number;
  /** Width of a bar: the pitch less a gap of a third. */
  readonly bar: number;
  /** Device pixels of a hairline. */
  readonly line: number;
}

/** The scale for a screen of `ratio` device pixels a CSS pixel. */
export function tapeScale(ratio: number): TapeScale {
  const pitch = Math.max(BAR_PITCH, Math.round(BAR_PITCH * ratio));
  return { pitch, bar: Math.round((pitch * 2) / 3), line: Math.max(1, Math.round(ratio)) };
}

/**
 * Device pixels of tape up to that sample, whole. `stepBars` is how many bars the tape moves at a time; 0: by pixels.
 */
export function headPosition(samples: number, scale: TapeScale, stepBars = 0): number {
  if (stepBars > 0) {
    return Math.floor(samples / BAR_SAMPLES / stepBars) * stepBars * scale.pitch;
  }
  return Math.floor((samples * scale.pitch) / BAR_SAMPLES);
}

/** Left edge of a bar on a canvas of `width` whose right edge is the head; negative once it has scrolled out. */
export function barX(
  bar: number,
  view: { readonly head: number; readonly width: number },
  scale: TapeScale,
): number {
  return view.width - view.head + bar * scale.pitch;
}

/** Position of that sample on such a canvas. */
export function sampleX(
  samples: number,
  view: { readonly head: number; readonly width: number },
  scale: TapeScale,
): number {
  return view.width - view.head + Math.floor((samples * scale.pitch) / BAR_SAMPLES);
}

/** The bar that a column of such a canvas belongs to. */
export function barAt(
  x: number,
  view: { readonly head: number; readonly width: number },
  scale: TapeScale,
): number {
  return Math.floor((x - view.width + view.head) / scale.pitch);
}

/** First and last bar that touch the columns from `fromX` to `toX` of that canvas. */
export function barsBetween(
  span: { readonly fromX: number; readonly toX: number },
  view: { readonly head: number; readonly width: number },
  scale: TapeScale,
): readonly [first: number, last: number] {
  const origin = view.width - view.head;
  const first = Math.floor((span.fromX - origin) / scale.pitch);
  const last = Math.ceil((span.toX - origin) / scale.pitch) - 1;
  return [Math.max(0, first), last];
}

/** Space above a bar of full height in its lane, in CSS pixels. */
function headroom(laneHeight: number): number {
  if (laneHeight >= 44) return 16;
  return laneHeight >= 30 ? 6 : 3;
}

/** Height in CSS pixels of a bar with that peak: 1 at −48 dB or less, the lane less its headroom at 0 dB. */
export function barHeight(peakDb: number, laneHeight: number): number {
  const share = Math.min(1, Math.max(0, (peakDb - FLOOR_DB) / -FLOOR_DB));
  return 1 + share * (laneHeight - headroom(laneHeight) - 1);
}

/** Bars at which the ruler has a line, oldest first, for a tape that shows `visibleBars` up to `headBar`. */
export function gridBars(headBar: number, visibleBars: number): readonly number[] {
  const first = Math.max(0, Math.ceil((headBar - visibleBars) / GRID_BARS));
  const last = Math.floor(headBar / GRID_BARS);
  const count = Math.max(0, last - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * GRID_BARS);
}
