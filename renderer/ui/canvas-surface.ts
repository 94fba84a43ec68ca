/** A canvas that is as large as its box in device pixels and knows when everything must be drawn again. */
export class CanvasSurface {
  readonly context: CanvasRenderingContext2D;
  readonly #canvas: HTMLCanvasElement;
  readonly #observer: ResizeObserver;
  readonly #theme = window.matchMedia('(prefers-color-scheme: light)');
  readonly #onChange: () => void;
  #frame: number | null = null;

  /** `onChange` is called in the next frame and after every change of size, sharpness or theme. */
  constructor(canvas: HTMLCanvasElement, onChange: () => void) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('the canvas has no 2d context');
    this.context = context;
    this.#canvas = canvas;
    this.#onChange = onChange;
    this.#observer = new ResizeObserver(() => {
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

  /** Calls `paint` before the next frame; further requests until then are one. */
  request(paint: () => void): void {
    this.#frame ??= window.requestAnimationFrame(() => {
      this.#frame = null;
      paint();
    });
  }

  close(): void {
    this.#observer.disconnect();
    this.#theme.removeEventListener('change', this.#onChange);
    if (this.#frame !== null) window.cancelAnimationFrame(this.#frame);
  }

  #fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const width = Math.round(clientWidth * this.ratio);
    const height = Math.round(clientHeight * this.ratio);
    if (width !== this.#canvas.width) this.#canvas.width = width;
    if (height !== this.#canvas.height) this.#canvas.height = height;
  }
}

/** Whether the system asks for little motion. */
export function prefersReducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
