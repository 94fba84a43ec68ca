interface Arrival<T> {
  readonly atMs: number;
  readonly what: T;
}

const SLOT_MS = 20;
/** More than anything is on its way for. */
const SLOTS = 128;

/** What is on its way, by the time of its arrival; takes the same memory however long it goes on. */
export class Arrivals<T> {
  readonly #slots: Arrival<T>[][] = Array.from({ length: SLOTS }, () => []);
  #passed = 0;

  /** Within the next two seconds. */
  add(atMs: number, what: T): void {
    const slot = Math.max(this.#passed, Math.floor(atMs / SLOT_MS));
    this.#slots[slot % SLOTS]?.push({ atMs, what });
  }

  /** In the order of arrival; at the same time in the order in which it was sent. `toMs` in whole slots. */
  *until(toMs: number): Generator<T> {
    for (const end = Math.round(toMs / SLOT_MS); this.#passed < end; this.#passed += 1) {
      const slot = this.#slots[this.#passed % SLOTS] ?? [];
      slot.sort((a, b) => a.atMs - b.atMs);
      for (const { what } of slot) yield what;
      slot.length = 0;
    }
  }

  clear(): void {
    for (const slot of this.#slots) slot.length = 0;
  }
}
