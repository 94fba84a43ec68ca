import { BAR_SAMPLES } from '../../preload/contract/events.ts';
import { sampleX } from './geometry.ts';
import type { Columns, TapeMarks, TapeScene, View } from './tape-scene.ts';

/** CSS pixels from one stripe of the hatching to the next. */
const HATCH_STEP = 9;

/** CSS pixels of a dash of a marker's line, and of the space after it. */
const DASH = 3;

/** Bars from `first` to `last` whose beginning is in a gap. */
export function barsInGaps(
  gaps: TapeMarks['gaps'],
  first: number,
  last: number,
): ReadonlySet<number> {
  const bars = new Set<number>();
  for (const { fromSamples, toSamples } of gaps) {
    const from = Math.max(first, Math.ceil(fromSamples / BAR_SAMPLES));
    const to = Math.min(last + 1, (toSamples ?? Infinity) / BAR_SAMPLES);
    for (let bar = from; bar < to; bar += 1) bars.add(bar);
  }
  return bars;
}

/** The hatching's tile as a pattern; null when the canvas makes none. Stripes of neighbouring tiles meet. */
export function hatching(
  context: CanvasRenderingContext2D,
  colour: string,
  ratio: number,
): CanvasPattern | null {
  const step = Math.round(HATCH_STEP * ratio);
  const tile = new OffscreenCanvas(step, step);
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.fillStyle = colour;
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.1;
  pen.fillRect(0, 0, step, step);
  pen.globalAlpha = 0.6;
  pen.lineWidth = 1.25 * ratio;
  pen.beginPath();
  for (const x of [0, step, 2 * step]) {
    pen.moveTo(x + step, -step);
    pen.lineTo(x - 2 * step, 2 * step);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}

interface GapPlace {
  readonly view: View;
  readonly columns: Columns;
  readonly gap: TapeMarks['gaps'][number];
}

/** Hatches a gap across all lanes; the hatching moves with the tape. */
export function paintGap(
  context: CanvasRenderingContext2D,
  { lanes, laneHeight, hatch, colours, scale, ratio }: TapeScene,
  { view, columns, gap }: GapPlace,
): void {
  const from = sampleX(gap.fromSamples, view, scale);
  const to = gap.toSamples === null ? view.width : sampleX(gap.toSamples, view, scale);
  const left = Math.max(from, columns.fromX);
  const right = Math.min(to, columns.toX);
  if (right <= left) return;
  const height = Math.round(lanes.length * laneHeight * ratio);
  if (hatch !== null) {
    hatch.setTransform(new DOMMatrix().translate(view.width - view.head, 0));
    context.fillStyle = hatch;
    context.fillRect(left, 0, right - left, height);
  }
  context.fillStyle = colours.caution;
  context.fillRect(from, 0, Math.min(2 * scale.line, to - from), height);
}

interface MarkerPlace {
  readonly view: View;
  readonly columns: Columns;
  readonly samples: number;
}

/** A dashed line through all lanes. */
export function paintMarker(
  context: CanvasRenderingContext2D,
  { lanes, laneHeight, colours, scale, ratio }: TapeScene,
  { view, columns, samples }: MarkerPlace,
): void {
  const x = sampleX(samples, view, scale);
  if (x + scale.line <= columns.fromX || x >= columns.toX) return;
  const height = Math.round(lanes.length * laneHeight * ratio);
  const dash = Math.round(DASH * ratio);
  context.fillStyle = colours.marker;
  for (let y = 0; y < height; y += 2 * dash) {
    context.fillRect(x, y, scale.line, Math.min(dash, height - y));
  }
}
