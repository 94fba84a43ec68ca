import type { TimelinePosition } from '../audio/timeline-position.ts';

/**
 * How long silence is held: longer than the jitter buffer holds sound of another SSRC that arrives at the same moment
 * (250 ms), and 150 ms for the network's jitter.
 */
const HOLD_MS = 400;

/** Held at most, of one person: 2.4 s, the longest hold where sound waits 2 s for its key, of packets of 2.5 ms. */
const MOST_HELD = 1_024;

/** A packet of silence that has its place and is not on the track yet. */
export interface SilentPacket {
  readonly position: TimelinePosition;
  readonly durationSamples: number;
  /** On the monotonic clock. */
  readonly arrivedAtMs: number;
  /** Puts the packet on the track, or counts it as late when its place is taken. Called once; never throws. */
  put(): void;
}

/**
 * Holds one person's silence back, so that sound of another SSRC of that person takes the place where the two overlap:
 * tracks are written in order, and silence that is written cannot make way. Times are monotonic.
 */
export class HeldSilence {
  readonly #waitingSinceMs: () => number;
  /** In order of their positions. */
  readonly #held: SilentPacket[] = [];

  /** `waitingSinceMs`: arrival of the person's oldest packet that waits for its key; Infinity without one. */
  constructor(waitingSinceMs: () => number) {
    this.#waitingSinceMs = waitingSinceMs;
  }

  hold(packet: SilentPacket): void {
    const before = this.#held.findLastIndex(({ position }) => position <= packet.position);
    this.#held.splice(before + 1, 0, packet);
    if (this.#held.length > MOST_HELD) this.#putFirst(1);
  }

  /** Sound is about to be put at `position`: silence that ends before it is put, silence that overlaps it is not. */
  makeWay(position: TimelinePosition): void {
    if (this.#held.length === 0) return;
    const inTheWay = this.#held.findIndex((one) => one.position + one.durationSamples > position);
    this.#putFirst(inTheWay < 0 ? this.#held.length : inTheWay);
  }

  /** Puts silence that has been held for 400 ms, unless sound that arrived before the 400 ms were over waits for its key. */
  release(readToMs: number): void {
    if (this.#held.length === 0) return;
    const untilMs = Math.min(readToMs, this.#waitingSinceMs());
    const fresh = this.#held.findIndex(({ arrivedAtMs }) => untilMs - arrivedAtMs < HOLD_MS);
    this.#putFirst(fresh < 0 ? this.#held.length : fresh);
  }

  /** Puts everything: no sound comes any more. */
  flush(): void {
    this.#putFirst(this.#held.length);
  }

  /** Forgets everything: none of it is put. */
  drop(): void {
    this.#held.length = 0;
  }

  #putFirst(count: number): void {
    for (const packet of this.#held.splice(0, count)) packet.put();
  }
}
