import {
  BAR_SAMPLES,
  GRID_BARS,
  barHeight,
  barX,
  barsBetween,
  type LaneHeight,
  type TapeScale,
} from './geometry.ts';

/** The sound of one lane, as `TrackLevels` has it. */
interface TapeSound {
  readonly firstBar: number | null;
  barAt(number: number): number | null;
}

export interface TapeLane {
  readonly sound: TapeSound | null;
  readonly colour: string;
  readonly lossBars: ReadonlySet<number>;
  /** Bar in which this person left; null while present. */
  readonly leftBar: number | null;
}

export interface TapeScene {
  readonly lanes: readonly TapeLane[];
  readonly laneHeight: LaneHeight;
  readonly gaps: readonly { readonly fromSamples: number; readonly toSamples: number | null }[];
  readonly colours: {
    readonly bed: string;
    readonly tint: string;
    readonly hairline: string;
    readonly grid: string;
    readonly caution: string;
  };
  readonly scale: TapeScale;
  readonly ratio: number;
}

interface View {
  /** Device pixels of tape up to the head line. */
  readonly head: number;
  readonly width: number;
  readonly height: number;
}

interface Columns {
  readonly fromX: number;
  readonly toX: number;
}

/** Draws the columns from `fromX` to `toX` anew; what it draws depends on its arguments alone. */
export function paintTape(
  context: CanvasRenderingContext2D,
  scene: TapeScene,
  place: { readonly view: View; readonly columns: Columns },
): void {
  const { view, columns } = place;
  context.save();
  context.beginPath();
  context.rect(columns.fromX, 0, columns.toX - columns.fromX, view.height);
  context.clip();
  paintBed(context, scene, place);
  const [first, last] = barsBetween(columns, view, scene.scale);
  for (let bar = first - (first % GRID_BARS); bar <= last; bar += GRID_BARS) {
    context.fillStyle = scene.colours.grid;
    context.fillRect(barX(bar, view, scene.scale), 0, scene.scale.line, view.height);
  }
  for (const [index, lane] of scene.lanes.entries()) {
    paintLane(context, scene, { view, lane, index, first, last });
  }
  for (const gap of scene.gaps) paintGap(context, scene, { view, columns, gap });
  context.restore();
}

function paintBed(
  context: CanvasRenderingContext2D,
  { lanes, laneHeight, colours, scale, ratio }: TapeScene,
  { view, columns }: { readonly view: View; readonly columns: Columns },
): void {
  const width = columns.toX - columns.fromX;
  context.fillStyle = colours.bed;
  context.fillRect(columns.fromX, 0, width, view.height);
  for (const index of lanes.keys()) {
    const top = Math.round(index * laneHeight * ratio);
    const bottom = Math.round((index + 1) * laneHeight * ratio);
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
}

function paintLane(
  context: CanvasRenderingContext2D,
  { laneHeight, colours, scale, ratio }: TapeScene,
  { view, lane, index, first, last }: LaneStretch,
): void {
  const firstBar = lane.sound?.firstBar ?? null;
  if (lane.sound === null || firstBar === null) return;
  const top = Math.round(index * laneHeight * ratio);
  const middle = top + Math.floor(((laneHeight - (laneHeight > 25 ? 1 : 0)) * ratio) / 2);
  const end = Math.min(last, lane.leftBar ?? last);
  for (let bar = Math.max(first, firstBar); bar <= end; bar += 1) {
    const peak = lane.sound.barAt(bar);
    const x = barX(bar, view, scale);
    context.fillStyle = lane.colour;
    if (peak === null || peak <= -100) {
      context.globalAlpha = 0.4;
      context.fillRect(x, middle, scale.pitch, scale.line);
      context.globalAlpha = 1;
    } else {
      const half = Math.max(1, Math.round((barHeight(peak, laneHeight) * ratio) / 2));
      context.fillRect(x, middle - half, scale.bar, half * 2);
    }
    if (lane.lossBars.has(bar)) paintLoss(context, { x, top, laneHeight, ratio, scale, colours });
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

interface GapPlace {
  readonly view: View;
  readonly columns: Columns;
  readonly gap: TapeScene['gaps'][number];
}

/** Hatches the stretch across all lanes; the hatching moves with the tape. */
function paintGap(
  context: CanvasRenderingContext2D,
  { lanes, laneHeight, colours, scale, ratio }: TapeScene,
  { view, columns, gap }: GapPlace,
): void {
  const xOf = (samples: number) =>
    view.width - view.head + Math.floor((samples * scale.pitch) / BAR_SAMPLES);
  const from = xOf(gap.fromSamples);
  const to = gap.toSamples === null ? view.width : xOf(gap.toSamples);
  const left = Math.max(from, columns.fromX);
  const right = Math.min(to, columns.toX);
  if (right <= left) return;
  const height = Math.round(lanes.length * laneHeight * ratio);
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, height);
  context.clip();
  context.fillStyle = colours.caution;
  context.globalAlpha = 0.1;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 0.6;
  const step = Math.round(9 * ratio);
  const origin = view.width - view.head;
  const firstStripe = Math.floor((left - origin) / step) * step + origin;
  context.strokeStyle = colours.caution;
  context.lineWidth = 1.25 * ratio;
  context.beginPath();
  for (let x = firstStripe; x < right + height; x += step) {
    context.moveTo(x, 0);
    context.lineTo(x - height, height);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.fillRect(from, 0, 2 * scale.line, height);
  context.restore();
}
