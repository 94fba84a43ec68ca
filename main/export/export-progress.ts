import type { ExportProgress } from './export-request.ts';

const SHORTEST_PAUSE_MS = 100;

/** Work of the mixdown, which decodes nothing, against the work of one person's file of the same length. */
export const MIXDOWN_WEIGHT = 0.3;

/** Adds up what the jobs of one export report and passes it on at most ten times a second. */
export class ProgressMeter {
  readonly #onProgress: (progress: ExportProgress) => void;
  readonly #nowMs: () => number;
  readonly #fileCount: number;
  readonly #weight: number;
  readonly #running = new Map<string, number>();
  #doneWeight = 0;
  #filesDone = 0;
  #toldAtMs = -Infinity;

  /** `weight`: of all files together, in the unit of `advance`. `nowMs`: a clock that never jumps. */
  constructor(options: {
    readonly onProgress: (progress: ExportProgress) => void;
    readonly nowMs: () => number;
    readonly fileCount: number;
    readonly weight: number;
  }) {
    this.#onProgress = options.onProgress;
    this.#nowMs = options.nowMs;
    this.#fileCount = options.fileCount;
    this.#weight = options.weight;
  }

  /** `weight` of the file `name` is done so far. */
  advance(name: string, weight: number): void {
    this.#running.set(name, weight);
    this.#tell();
  }

  /** The file `name` is done; `weight` is the whole of it. */
  finish(name: string, weight: number): void {
    this.#running.delete(name);
    this.#doneWeight += weight;
    this.#filesDone += 1;
    if (this.#filesDone === this.#fileCount) this.#toldAtMs = -Infinity;
    this.#tell();
  }

  #tell(): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#toldAtMs < SHORTEST_PAUSE_MS) return;
    this.#toldAtMs = nowMs;
    const running = [...this.#running.values()].reduce((sum, weight) => sum + weight, 0);
    const complete = this.#filesDone === this.#fileCount || this.#weight === 0;
    this.#onProgress({
      fileCount: this.#fileCount,
      filesDone: this.#filesDone,
      fraction: complete ? 1 : Math.min(1, (this.#doneWeight + running) / this.#weight),
      currentFile: [...this.#running.keys()].at(-1) ?? null,
    });
  }
}
