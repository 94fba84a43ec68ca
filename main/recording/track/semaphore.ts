/** Lets `most` pieces of work run at a time; the others wait in line, so that they do not take every thread. */
export class Semaphore {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift(); // the turn passes on without being given back
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
