import type { LevelStore } from '../bridge/level-store.ts';
import { CanvasSurface, prefersReducedMotion } from '../ui/canvas-surface.ts';
import {
  HOT_SEGMENTS,
  SILENT_METER,
  isMoving,
  litSegments,
  meterLayout,
  nextMeter,
  type MeterState,
} from './meter.ts';

/** CSS pixels beside the segments: after the head line, and at the window's edge. */
const INSET = { left: 12, right: 14 } as const;

/** With reduced motion meters are drawn ten times a second. */
const CALM_FRAME_MS = 100;

export interface MetersContent {
  readonly lanes: readonly { readonly track: string | null; readonly personNumber: number }[];
  readonly laneHeight: number;
  /** While nothing is kept the meters show nothing, from one frame to the next. */
  readonly shows: 'levels' | 'nothing';
}

/** The level meters of all lanes on one canvas; draws only while something moves. */
export class Meters {
  readonly #surface: CanvasSurface;
  readonly #levels: LevelStore;
  readonly #stop: () => void;
  readonly #states = new Map<string, MeterState>();
  #content: MetersContent;
  #drawnAt = 0;

  constructor(canvas: HTMLCanvasElement, levels: LevelStore, content: MetersContent) {
    this.#levels = levels;
    this.#content = content;
    this.#surface = new CanvasSurface(canvas, () => {
      this.#surface.request(this.#paint);
    });
    this.#stop = levels.subscribe(() => {
      this.#surface.request(this.#paint);
    });
    this.#surface.request(this.#paint);
  }

  show(content: MetersContent): void {
    this.#content = content;
    this.#surface.request(this.#paint);
  }

  close(): void {
    this.#stop();
    this.#surface.close();
  }

  readonly #paint = (): void => {
    const now = performance.now();
    const elapsedMs = Math.min(1000, now - this.#drawnAt);
    if (prefersReducedMotion() && elapsedMs < CALM_FRAME_MS) {
      this.#surface.request(this.#paint);
      return;
    }
    this.#drawnAt = now;
    const { context, width, height, ratio } = this.#surface;
    context.clearRect(0, 0, width, height);
    const off = this.#surface.colour('--pressed');
    const hot = this.#surface.colour('--meter-hot');
    let moving = false;
    for (const [index, { track, personNumber }] of this.#content.lanes.entries()) {
      const peakDb = this.#levels.track(track)?.peakDb ?? -100;
      const key = track ?? String(index);
      const before = this.#states.get(key) ?? SILENT_METER;
      const state =
        this.#content.shows === 'levels' ? nextMeter(before, peakDb, elapsedMs) : SILENT_METER;
      this.#states.set(key, state);
      moving ||= isMoving(state);
      const colour = this.#surface.colour(`--person-${String(personNumber)}`);
      this.#paintMeter(index, state, { off, hot, colour, ratio });
    }
    if (moving) this.#surface.request(this.#paint);
  };

  #paintMeter(
    index: number,
    state: MeterState,
    look: {
      readonly off: string;
      readonly hot: string;
      readonly colour: string;
      readonly ratio: number;
    },
  ): void {
    const { context, width } = this.#surface;
    const { ratio } = look;
    const { laneHeight } = this.#content;
    const left = Math.round(INSET.left * ratio);
    const { segments, pitch } = meterLayout(width - left - Math.round(INSET.right * ratio), ratio);
    const height = Math.round((laneHeight > 25 ? 12 : 8) * ratio);
    const top = Math.round((index + 0.5) * laneHeight * ratio - height / 2);
    const lit = litSegments(state.levelDb, segments);
    const held = litSegments(state.heldDb, segments) - 1;
    const hotFrom = segments - Math.round((HOT_SEGMENTS * segments) / 20);
    const gap = Math.max(1, Math.round(ratio));
    for (let segment = 0; segment < segments; segment += 1) {
      const on = segment < lit || segment === held;
      context.fillStyle = !on ? look.off : segment >= hotFrom ? look.hot : look.colour;
      context.fillRect(left + segment * pitch, top, pitch - gap, height);
    }
  }
}
