import { GRID_BARS, barHeight, barX, barsBetween } from './geometry.ts';
import { barsInGaps, paintGap, paintMarker } from './tape-marks.ts';
import type { Columns, TapeLane, TapeScene, View } from './tape-scene.ts';

interface Place {
  readonly view: View;
  readonly columns: Columns;
  /** The only lane to draw; null: all of them. */
  readonly lane: number | null;
}

/** Draws these columns, of one lane or of all; the result depends on the arguments only. */
export function paintTape(context: CanvasRenderingContext2D, scene: TapeScene, place: Place): void {
  const { view, columns, lane: only } = place;
  const [top, bottom] = only === null ? [0, view.height] : edgesOf(scene, only);
  context.save();
  context.beginPath();
  context.rect(columns.fromX, top, columns.toX - columns.fromX, bottom - top);
  context.clip();
  paintBed(context, scene, place);
  const [first, last] = barsBetween(columns, view, scene.scale);
  for (let bar = first - (first % GRID_BARS); bar <= last; bar += GRID_BARS) {
    context.fillStyle = scene.colours.grid;
    context.fillRect(barX(bar, view, scene.scale), 0, scene.scale.line, view.height);
  }
  const gapBars = barsInGaps(scene.gaps, first, last);
  for (const [index, lane] of scene.lanes.entries()) {
    if (only === null || only === index) {
      paintLane(context, scene, { view, lane, index, first, last, gapBars });
    }
  }
  for (const gap of scene.gaps) paintGap(context, scene, { view, columns, gap });
  for (const samples of scene.markers) paintMarker(context, scene, { view, columns, samples });
  context.restore();
}

/** Top and bottom of a lane in device pixels. */
function edgesOf(
  { laneHeight, ratio }: TapeScene,
  index: number,
): readonly [top: number, bottom: number] {
  return [Math.round(index * laneHeight * ratio), Math.round((index + 1) * laneHeight * ratio)];
}

function paintBed(
  context: CanvasRenderingContext2D,
  scene: TapeScene,
  { view, columns }: Place,
): void {
  const { lanes, laneHeight, colours, scale } = scene;
  const width = columns.toX - columns.fromX;
  context.fillStyle = colours.bed;
  context.fillRect(columns.fromX, 0, width, view.height);
  for (const index of lanes.keys()) {
    const [top, bottom] = edgesOf(scene, index);
    if (laneHeight > 25) {
      context.fillStyle = colours.hairline;
      context.fillRect(columns.fromX, bottom - scale.line, width, scale.line);
    } else if (index % 2 === 1) {
      context.fillStyle = colours.tint;
      context.fillRect(columns.fromX, top, width, bottom - top);
    }
  }
}

interface LaneStretch {
  readonly view: View;
  readonly lane: TapeLane;
  readonly index: number;
  readonly first: number;
  readonly last: number;
  /** Bars in which there cannot be sound: there is not even silence then. */
  readonly gapBars: ReadonlySet<number>;
}

function paintLane(
  context: CanvasRenderingContext2D,
  { laneHeight, colours, scale, ratio }: TapeScene,
  { view, lane, index, first, last, gapBars }: LaneStretch,
): void {
  const firstBar = lane.sound?.firstBar ?? null;
  if (lane.sound === null || firstBar === null) return;
  const top = Math.round(index * laneHeight * ratio);
  const middle = top + Math.floor(((laneHeight - (laneHeight > 25 ? 1 : 0)) * ratio) / 2);
  const start = Math.max(first, firstBar);
  const end = Math.min(last, lane.leftBar ?? last);
  for (let bar = start; bar <= end; bar += 1) {
    const peak = lane.sound.barAt(bar);
    const x = barX(bar, view, scale);
    context.fillStyle = lane.colour;
    if (peak !== null && peak > -100) {
      const half = Math.max(1, Math.round((barHeight(peak, laneHeight) * ratio) / 2));
      context.fillRect(x, middle - half, scale.bar, half * 2);
    } else if (peak !== null || !gapBars.has(bar)) {
      context.globalAlpha = 0.4;
      context.fillRect(x, middle, scale.pitch, scale.line);
      context.globalAlpha = 1;
    }
    if (lane.sound.lossAt(bar) !== null)
      paintLoss(context, { x, top, laneHeight, ratio, scale, colours });
  }
}

interface LossPlace extends Pick<TapeScene, 'laneHeight' | 'ratio' | 'scale' | 'colours'> {
  readonly x: number;
  readonly top: number;
}

/** A dotted bar at the place of the loss and a block on the floor of the lane. */
function paintLoss(
  context: CanvasRenderingContext2D,
  { x, top, laneHeight, ratio, scale, colours }: LossPlace,
): void {
  context.fillStyle = colours.caution;
  const block = Math.round((laneHeight >= 30 ? 5 : 3) * ratio);
  const bottom = top + Math.round((laneHeight - 1) * ratio);
  context.fillRect(x - scale.line, bottom - block, scale.bar + 2 * scale.line, block);
  if (laneHeight < 30) return;
  const dot = 2 * scale.line;
  for (let y = top + 16 * ratio; y < bottom - block - 4 * ratio; y += dot * 2) {
    context.fillRect(x, Math.round(y), scale.bar, dot);
  }
}
