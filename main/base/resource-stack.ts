/**
 * Owns what was opened and closes it in the opposite order: the standard AsyncDisposableStack, which Node.js 20 does
 * not have. Openers `use` each resource and `move` the lot to its owner on success; on any throw all of it closes.
 */
export class ResourceStack implements AsyncDisposable {
  #open: AsyncDisposable[] = [];

  /** Takes charge of `resource` and gives it back. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#open.push(resource);
    return resource;
  }

  /** Calls `close` in its turn on closing: for resources that have no dispose method. */
  defer(close: () => void | Promise<void>): void {
    this.#open.push({ [Symbol.asyncDispose]: async () => close() });
  }

  /** Hands everything on to a new stack; this one then closes nothing. */
  move(): ResourceStack {
    const next = new ResourceStack();
    next.#open = this.#open;
    this.#open = [];
    return next;
  }

  /** Closes everything, last opened first, also when one of them throws; then throws the first error. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let resource = this.#open.pop(); resource !== undefined; resource = this.#open.pop()) {
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
