/** Thirty paints a second are fluid enough for tape and meters; twice as many cost twice as much. */
const PAINT_EVERY_MS = 1_000 / 30;

/** A frame at 60 frames a second may come this much early or late. */
const SLACK_MS = 4;

/** A canvas that is as large as its box in device pixels and knows when everything must be drawn again. */
export class CanvasSurface {
  readonly context: CanvasRenderingContext2D;
  readonly #canvas: HTMLCanvasElement;
  readonly #observer: ResizeObserver;
  readonly #theme = window.matchMedia('(prefers-color-scheme: light)');
  readonly #onChange: () => void;
  #frame: number | null = null;
  /** Timer after a paint, until which there is no other; and the paint requested meanwhile. */
  #rest: number | null = null;
  #wanted: (() => void) | null = null;

  /** `onChange` is called in the next frame and after every change of size, sharpness or theme. */
  constructor(canvas: HTMLCanvasElement, onChange: () => void) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('the canvas has no 2d context');
    this.context = context;
    this.#canvas = canvas;
    this.#onChange = onChange;
    this.#observer = new ResizeObserver(() => {
      this.#endRest(); // a change of size empties the canvas
      this.#fit();
      this.#onChange();
    });
    this.#observer.observe(canvas);
    this.#theme.addEventListener('change', this.#onChange);
    this.#fit();
  }

  /** Device pixels a CSS pixel. */
  get ratio(): number {
    return window.devicePixelRatio;
  }

  get width(): number {
    return this.#canvas.width;
  }

  get height(): number {
    return this.#canvas.height;
  }

  /** The value of a custom property here, such as `--bed`. */
  colour(name: `--${string}`): string {
    return getComputedStyle(this.#canvas).getPropertyValue(name).trim();
  }

  /** Calls `paint` before one of the next two frames; further requests until then count as the same. */
  request(paint: () => void): void {
    if (this.#rest !== null) this.#wanted = paint;
    else this.#frame ??= window.requestAnimationFrame(() => this.#paint(paint));
  }

  close(): void {
    this.#observer.disconnect();
    this.#theme.removeEventListener('change', this.#onChange);
    this.#endRest();
    if (this.#frame !== null) window.cancelAnimationFrame(this.#frame);
  }

  #endRest(): void {
    if (this.#rest !== null) window.clearTimeout(this.#rest);
    this.#rest = null;
    this.#wanted = null;
  }

  #paint(paint: () => void): void {
    this.#frame = null;
    this.#rest = window.setTimeout(() => {
      this.#rest = null;
      const wanted = this.#wanted;
      this.#wanted = null;
      if (wanted !== null) this.request(wanted);
    }, PAINT_EVERY_MS - SLACK_MS);
    paint();
  }

  #fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const width = Math.round(clientWidth * this.ratio);
    const height = Math.round(clientHeight * this.ratio);
    if (width !== this.#canvas.width) this.#canvas.width = width;
    if (height !== this.#canvas.height) this.#canvas.height = height;
  }
}

/** Whether the system asks for reduced motion. */
export function prefersReducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
