/** Whose work it is. */
export interface Lane {
  /** Before the others'. */
  readonly isUrgent: () => boolean;
}

/**
 * Work in portions, one a turn of the event loop, so that sockets and timers get theirs between. Each lane's is done
 * in order; a lane that is begun is gone through to its end, so that nobody is left half-way for long.
 */
export class LaneScheduler {
  readonly #waiting: { readonly lane: Lane | null; readonly work: () => void }[] = [];
  #lane: Lane | null = null;
  #next: NodeJS.Immediate | null = null;

  /** Never runs `work` within this call. */
  schedule(lane: Lane, work: () => void): void {
    this.#add(lane, work);
  }

  /** Runs `work` after everything that was given before, of all lanes. */
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
