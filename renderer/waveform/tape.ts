import { BAR_SAMPLES } from '../../preload/contract/events.ts';
import { CanvasSurface, prefersReducedMotion } from '../ui/canvas-surface.ts';
import type { LevelStore } from '../bridge/level-store.ts';
import { barX, headPosition, tapeScale } from './geometry.ts';
import { changeBetween } from './tape-change.ts';
import type { TapeContent } from './tape-content.ts';
import { hatching } from './tape-marks.ts';
import { paintTape } from './tape-painter.ts';
import type { TapeScene, View } from './tape-scene.ts';

/** Bars of one second: with reduced motion the tape moves once a second. */
const CALM_STEP_BARS = 5;

/** Number of people's colours, which are used again for more people. */
const PEOPLE_COLOURS = 12;

interface Look {
  readonly people: readonly string[];
  readonly others: TapeScene['colours'];
  readonly hatch: TapeScene['hatch'];
}

/** The live tape of all lanes on one canvas: scrolls by copying pixels and draws only what is new or has changed. */
export class Tape {
  readonly #surface: CanvasSurface;
  readonly #levels: LevelStore;
  readonly #stop: () => void;
  #content: TapeContent;
  #scene: TapeScene | null = null;
  #look: Look | null = null;
  #drawnHead = 0;
  #oldestNewBar = Infinity;
  /** From which bar on all lanes must be drawn again. */
  #changedFromBar = Infinity;
  /** From which bar on a single lane must be drawn again. */
  readonly #changedLanes = new Map<number, number>();

  constructor(canvas: HTMLCanvasElement, levels: LevelStore, content: TapeContent) {
    this.#levels = levels;
    this.#content = content;
    this.#surface = new CanvasSurface(canvas, () => {
      this.#look = null;
      this.#scene = null;
      this.#surface.request(this.#paint);
    });
    this.#stop = levels.subscribe(() => {
      this.#oldestNewBar = Math.min(this.#oldestNewBar, levels.oldestNewBar);
      this.#surface.request(this.#paint);
    });
    this.#surface.request(this.#paint);
  }

  /** Takes other lanes, gaps or markers; the same ones again cost nothing, and what is the same is not drawn again. */
  show(content: TapeContent): void {
    const change = changeBetween(this.#content, content);
    this.#content = content;
    if (change.kind === 'everything') {
      this.#scene = null;
    } else {
      if (change.fromBar === Infinity && change.lanes.length === 0) return;
      this.#changedFromBar = Math.min(this.#changedFromBar, change.fromBar);
      for (const { index, fromBar } of change.lanes) this.#laneChanged(index, fromBar);
      if (this.#scene !== null) this.#scene = this.#newScene();
    }
    this.#surface.request(this.#paint);
  }

  close(): void {
    this.#stop();
    this.#surface.close();
  }

  readonly #paint = (): void => {
    const { width, height } = this.#surface;
    if (width === 0 || height === 0) return;
    const isFresh = this.#scene === null;
    const scene = this.#withNewSounds(this.#scene ?? this.#newScene());
    const step = prefersReducedMotion() ? CALM_STEP_BARS : 0;
    const head = headPosition(this.#levels.samples, scene.scale, step);
    const moved = head - this.#drawnHead;
    const view = { head, width, height };
    if (isFresh || moved < 0 || moved >= width) this.#paintFrom(0, { scene, view, lane: null });
    else this.#paintChanges(moved, { scene, view });
    this.#scene = scene;
    this.#drawnHead = head;
    this.#oldestNewBar = Infinity;
    this.#changedFromBar = Infinity;
    this.#changedLanes.clear();
  };

  #paintChanges(
    moved: number,
    { scene, view }: { readonly scene: TapeScene; readonly view: View },
  ): void {
    const { context } = this.#surface;
    const { pitch } = scene.scale;
    if (moved > 0) context.drawImage(context.canvas, -moved, 0);
    // A mark is wider than its bar, so the bar before it is drawn too.
    const xOf = (bar: number) => barX(bar, view, scene.scale) - pitch;
    const newest = view.width - moved - pitch;
    const fromX = Math.min(newest, xOf(this.#oldestNewBar), xOf(this.#changedFromBar));
    if (moved > 0 || fromX < newest) this.#paintFrom(fromX, { scene, view, lane: null });
    for (const [lane, fromBar] of this.#changedLanes) {
      if (xOf(fromBar) < fromX) this.#paintFrom(xOf(fromBar), { scene, view, lane });
    }
  }

  #paintFrom(
    fromX: number,
    place: { readonly scene: TapeScene; readonly view: View; readonly lane: number | null },
  ): void {
    const { scene, view, lane } = place;
    const columns = { fromX: Math.max(0, fromX), toX: view.width };
    paintTape(this.#surface.context, scene, { view, columns, lane });
  }

  /** The scene with the sound of tracks that were not heard before; the same one when there are none. */
  #withNewSounds(scene: TapeScene): TapeScene {
    const heard = this.#content.lanes.flatMap(({ track }, index) =>
      scene.lanes[index]?.sound === null && this.#levels.track(track) !== null ? [index] : [],
    );
    for (const index of heard) this.#laneChanged(index, 0);
    return heard.length === 0 ? scene : this.#newScene();
  }

  #laneChanged(index: number, fromBar: number): void {
    this.#changedLanes.set(index, Math.min(this.#changedLanes.get(index) ?? Infinity, fromBar));
  }

  #newScene(): TapeScene {
    const { ratio } = this.#surface;
    const { lanes, laneHeight, gaps, markers } = this.#content;
    const { people, others, hatch } = (this.#look ??= this.#readLook());
    return {
      lanes: lanes.map(({ track, personNumber, leftAtSamples }) => ({
        sound: this.#levels.track(track),
        colour: people[personNumber - 1] ?? others.bed,
        leftBar: leftAtSamples === null ? null : Math.floor(leftAtSamples / BAR_SAMPLES),
      })),
      laneHeight,
      gaps,
      markers,
      colours: others,
      hatch,
      scale: tapeScale(ratio),
      ratio,
    };
  }

  #readLook(): Look {
    const colour = (name: `--${string}`) => this.#surface.colour(name);
    return {
      people: Array.from({ length: PEOPLE_COLOURS }, (_, index) =>
        colour(`--person-${String(index + 1)}`),
      ),
      others: {
        bed: colour('--bed'),
        tint: colour('--row-tint'),
        hairline: colour('--hairline'),
        grid: colour('--grid'),
        caution: colour('--caution-ink'),
        marker: colour('--ink-1'),
      },
      hatch: hatching(this.#surface.context, colour('--caution-ink'), this.#surface.ratio),
    };
  }
}
