/** Work in portions, one a turn of the event loop and in order, so that sockets and timers get theirs between. */
export class Turns {
  #waiting: (() => void)[] = [];
  #next: NodeJS.Immediate | null = null;

  /** Runs `work` after all that was given before; never within this call. */
  take(work: () => void): void {
    this.#waiting.push(work);
    this.#next ??= setImmediate(() => this.#run());
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  close(): void {
    if (this.#next !== null) clearImmediate(this.#next);
    this.#waiting = [];
  }

  #run(): void {
    const work = this.#waiting.shift();
    this.#next = this.#waiting.length > 0 ? setImmediate(() => this.#run()) : null;
    work?.();
  }
}
