import type { Plan, Stretch } from './simulated-plan.ts';
import type { SpokenPacket } from './simulated-talker.ts';
import type { Fate } from './simulated-tally.ts';
import type { SeededRandom } from '../../main/base/seeded-random.ts';

/** What becomes of a packet, in milliseconds from sample 0. */
export interface Passage {
  readonly fate: Fate;
  /** Null when it does not arrive. */
  readonly arrivesMs: number | null;
  readonly copyMs: number | null;
}

const DELAY_MS = 40;
const JITTER_MS = 15;
/** Delay of a reordered packet: two or three later ones arrive before it, and the jitter buffer still waits for it. */
const REORDERED_MS = 60;
/** Delay of a late packet: longer than the jitter buffer waits. */
const LATE_MS = 700;
/** Within this of a stretch's ends nothing is reordered, so that each sequence number is clearly on one side of it. */
const EDGE_MS = 1_500;

const CALM_MS = 1_000;

const CHANCE = { dropped: 0.01, reordered: 0.01, duplicated: 0.002, late: 0.0005 } as const;

/** The network from speakers to us under the plan; decides for each packet what becomes of it. */
export class SimulatedNetwork {
  readonly #stretches: readonly Stretch[];
  readonly #random: SeededRandom;
  #passed = 0;
  #calmUntilMs = -Infinity;

  constructor({ stretches }: Plan, random: SeededRandom) {
    this.#stretches = stretches;
    this.#random = random;
  }

  /** How many stretches are over. */
  get passed(): number {
    return this.#passed;
  }

  /** Moves time on: nothing is sent before `nowMs` after this. */
  advance(nowMs: number): void {
    while ((this.#stretches[this.#passed]?.toMs ?? Infinity) <= nowMs) this.#passed += 1;
  }

  /**
   * Nothing is reordered for 1 s: keys change, and davey, like libdave, refuses the first frame under new keys when the
   * second one has overtaken it.
   */
  calm(nowMs: number): void {
    this.#calmUntilMs = nowMs + CALM_MS;
  }

  /** True in a stretch and shortly before and after it. */
  isNearEdge(atMs: number): boolean {
    const near = ({ fromMs, toMs }: Stretch): boolean =>
      atMs > fromMs - EDGE_MS && atMs < toMs + EDGE_MS;
    const [before, next] = [this.#stretches[this.#passed - 1], this.#stretches[this.#passed]];
    return (before !== undefined && near(before)) || (next !== undefined && near(next));
  }

  /** Decides what becomes of a packet; in the order of sending. */
  carry({ sentMs, isInside, kind }: SpokenPacket): Passage {
    const dice = this.#random.next();
    const isCalm = sentMs < this.#calmUntilMs || this.isNearEdge(sentMs);
    const arrivesMs = sentMs + DELAY_MS + (isCalm ? 0 : this.#random.next() * JITTER_MS);
    const next = this.#stretches[this.#passed];
    if (next !== undefined) {
      const { fromMs, toMs } = next;
      const isLost =
        (next.kind === 'outage' && sentMs >= fromMs) ||
        (next.kind === 'break' && arrivesMs >= fromMs);
      if (isLost) return { fate: 'elsewhere', arrivesMs: null, copyMs: null };
      const isPaused = next.kind === 'pause' && arrivesMs >= fromMs && arrivesMs < toMs;
      if (isPaused) return { fate: 'elsewhere', arrivesMs, copyMs: null };
    }
    const { dropped, reordered, duplicated, late } = CHANCE;
    if (dice < dropped) return { fate: 'dropped', arrivesMs: null, copyMs: null };
    if (isCalm || !isInside || kind !== 'speech') return { fate: 'kept', arrivesMs, copyMs: null };
    if (dice < dropped + late) return { fate: 'late', arrivesMs: sentMs + LATE_MS, copyMs: null };
    const copyMs = dice > 1 - duplicated ? arrivesMs + DELAY_MS : null;
    const isReordered = dice < dropped + late + reordered;
    return {
      fate: 'kept',
      arrivesMs: isReordered ? sentMs + DELAY_MS + REORDERED_MS : arrivesMs,
      copyMs,
    };
  }
}
