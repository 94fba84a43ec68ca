/** An owner of work; work of one lane keeps its order. */
export interface Lane {
  /** True: the lane's work runs before that of other lanes. */
  readonly isUrgent: () => boolean;
}

/**
 * Runs one piece of work in each turn of the event loop, so that sockets and timers run in between. The next piece is
 * the first urgent one; else the next of the lane that ran last, until that lane is empty; else the oldest.
 */
export class LaneScheduler {
  readonly #waiting: { readonly lane: Lane | null; readonly work: () => void }[] = [];
  #lane: Lane | null = null;
  #next: NodeJS.Immediate | null = null;

  /** Never runs `work` within this call. */
  schedule(lane: Lane, work: () => void): void {
    this.#add(lane, work);
  }

  /** Runs `work` when everything that was given before it has run, of all lanes. */
  afterAll(work: () => void): void {
    this.#add(null, work);
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  close(): void {
    if (this.#next !== null) clearImmediate(this.#next);
    this.#waiting.length = 0;
  }

  #add(lane: Lane | null, work: () => void): void {
    this.#waiting.push({ lane, work });
    this.#next ??= setImmediate(() => this.#run());
  }

  #run(): void {
    const [chosen] = this.#waiting.splice(this.#choose(), 1);
    this.#next = this.#waiting.length > 0 ? setImmediate(() => this.#run()) : null;
    this.#lane = chosen?.lane ?? null;
    chosen?.work();
  }

  #choose(): number {
    const urgent = this.#waiting.findIndex(({ lane }) => lane?.isUrgent() === true);
    if (urgent >= 0) return urgent;
    return Math.max(
      0,
      this.#waiting.findIndex(({ lane }) => lane !== null && lane === this.#lane),
    );
  }
}
