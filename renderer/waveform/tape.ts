import { CanvasSurface, prefersReducedMotion } from '../ui/canvas-surface.ts';
import type { LevelStore } from '../bridge/level-store.ts';
import { BAR_SAMPLES, headPosition, tapeScale, type LaneHeight } from './geometry.ts';
import { paintTape, type TapeScene } from './tape-painter.ts';

/** Bars a second: with little motion the tape moves once a second. */
const CALM_STEP_BARS = 5;

/** One lane as the page knows it; colours come from the page's theme. */
export interface LaneOnTape {
  readonly track: string | null;
  readonly personNumber: number;
  readonly lossBars: readonly number[];
  readonly leftAtSamples: number | null;
}

export interface TapeContent {
  readonly lanes: readonly LaneOnTape[];
  readonly laneHeight: LaneHeight;
  readonly gaps: TapeScene['gaps'];
}

/** The live tape of all lanes on one canvas: scrolls by copying pixels and draws only what is new. */
export class Tape {
  readonly #surface: CanvasSurface;
  readonly #levels: LevelStore;
  readonly #stop: () => void;
  #content: TapeContent;
  #scene: TapeScene | null = null;
  #drawnHead = 0;
  #oldestNewBar = Infinity;

  constructor(canvas: HTMLCanvasElement, levels: LevelStore, content: TapeContent) {
    this.#levels = levels;
    this.#content = content;
    this.#surface = new CanvasSurface(canvas, () => {
      this.#scene = null;
      this.#surface.request(this.#paint);
    });
    this.#stop = levels.subscribe(() => {
      this.#oldestNewBar = Math.min(this.#oldestNewBar, levels.oldestNewBar);
      this.#surface.request(this.#paint);
    });
    this.#surface.request(this.#paint);
  }

  /** Takes other lanes or gaps; the same ones again cost nothing. */
  show(content: TapeContent): void {
    const same = JSON.stringify(content) === JSON.stringify(this.#content);
    this.#content = content;
    if (same) return;
    this.#scene = null;
    this.#surface.request(this.#paint);
  }

  close(): void {
    this.#stop();
    this.#surface.close();
  }

  readonly #paint = (): void => {
    const { context, width, height } = this.#surface;
    if (width === 0 || height === 0) return;
    const fresh = this.#scene === null || this.#scene.lanes.some(this.#isStale);
    const scene = fresh ? this.#newScene() : (this.#scene ?? this.#newScene());
    const step = prefersReducedMotion() ? CALM_STEP_BARS : 0;
    const head = headPosition(this.#levels.samples, scene.scale, step);
    const moved = head - this.#drawnHead;
    const view = { head, width, height };
    if (fresh || moved < 0 || moved >= width) {
      paintTape(context, scene, { view, columns: { fromX: 0, toX: width } });
    } else {
      if (moved > 0) context.drawImage(context.canvas, -moved, 0);
      const newest = width - moved - scene.scale.pitch;
      const late = width - head + this.#oldestNewBar * scene.scale.pitch;
      const fromX = Math.max(0, Math.min(newest, late - scene.scale.pitch));
      if (moved > 0 || fromX < newest) {
        paintTape(context, scene, { view, columns: { fromX, toX: width } });
      }
    }
    this.#scene = scene;
    this.#drawnHead = head;
    this.#oldestNewBar = Infinity;
  };

  /** A lane drawn before the first sound of its track came. */
  readonly #isStale = (lane: TapeScene['lanes'][number], index: number): boolean =>
    lane.sound === null && this.#levels.track(this.#content.lanes[index]?.track ?? null) !== null;

  #newScene(): TapeScene {
    const { ratio } = this.#surface;
    const colour = (name: `--${string}`) => this.#surface.colour(name);
    return {
      lanes: this.#content.lanes.map(({ track, personNumber, lossBars, leftAtSamples }) => ({
        sound: this.#levels.track(track),
        colour: colour(`--person-${String(personNumber)}`),
        lossBars: new Set(lossBars),
        leftBar: leftAtSamples === null ? null : Math.floor(leftAtSamples / BAR_SAMPLES),
      })),
      laneHeight: this.#content.laneHeight,
      gaps: this.#content.gaps,
      colours: {
        bed: colour('--bed'),
        tint: colour('--row-tint'),
        hairline: colour('--hairline'),
        grid: colour('--grid'),
        caution: colour('--caution-ink'),
      },
      scale: tapeScale(ratio),
      ratio,
    };
  }
}
