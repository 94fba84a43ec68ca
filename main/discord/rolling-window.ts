/** At most `limit` events in any stretch of `windowMs`. Pure: time is an argument. */
export class RollingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #takenAtMs: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Takes a place while more than `reserve` are free, and returns 0; else returns the milliseconds until then. */
  take(nowMs: number, reserve = 0): number {
    while ((this.#takenAtMs[0] ?? nowMs) <= nowMs - this.#windowMs) this.#takenAtMs.shift();
    const blocking = this.#takenAtMs[this.#takenAtMs.length - (this.#limit - reserve)];
    if (blocking !== undefined) return blocking + this.#windowMs - nowMs;
    this.#takenAtMs.push(nowMs);
    return 0;
  }
}
