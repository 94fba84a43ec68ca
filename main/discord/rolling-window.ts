/** At most `limit` events in any stretch of `windowMs` (pure: the time is an argument). */
export class RollingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #takenAtMs: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Takes a place, leaving `reserve` places free: 0 when there was one, else the milliseconds until there is. */
  take(nowMs: number, reserve = 0): number {
    while ((this.#takenAtMs[0] ?? nowMs) <= nowMs - this.#windowMs) this.#takenAtMs.shift();
    const blocking = this.#takenAtMs[this.#takenAtMs.length - (this.#limit - reserve)];
    if (blocking !== undefined) return blocking + this.#windowMs - nowMs;
    this.#takenAtMs.push(nowMs);
    return 0;
  }
}
