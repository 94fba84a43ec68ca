interface Arrival<T> {
  readonly atMs: number;
  readonly what: T;
}

const SLOT_MS = 20;
/** Slots for 2.56 s: longer than anything is on its way. */
const SLOTS = 128;

/** What is on its way, ordered by its time of arrival, in constant memory. */
export class Arrivals<T> {
  readonly #slots: Arrival<T>[][] = Array.from({ length: SLOTS }, () => []);
  #passed = 0;

  /** Adds `what`, which arrives at `atMs`, within 2 s. */
  add(atMs: number, what: T): void {
    const slot = Math.max(this.#passed, Math.floor(atMs / SLOT_MS));
    this.#slots[slot % SLOTS]?.push({ atMs, what });
  }

  /** What arrives before `toMs`, a multiple of 20 ms, in order of arrival; at the same time in order of sending. */
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
