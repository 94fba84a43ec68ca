import type { Step, StepFacts, StepOwner } from '../base/flight-log.ts';

/** What came during one step; a long wait has many heartbeats, which are told as one. */
const MOST_ARRIVALS = 40;

interface TimedStep extends Step {
  readonly sinceMs: number;
  /** How often each came, in order of the first. */
  readonly came: Map<string, number>;
}

/** What is waited for, and what came meanwhile: so that a failure can say where things stood. Times are monotonic. */
export class StepTrail {
  readonly #open = new Map<StepOwner, TimedStep>();
  /** The step that ended last, and what came since. */
  #ended: TimedStep | null = null;

  /** Begins a step of that owner in the place of the one before, or ends that one. */
  take(step: Step, nowMs: number): void {
    this.#open.delete(step.of); // the newest stands last
    const begun = { ...step, sinceMs: nowMs, came: new Map<string, number>() };
    if (step.awaited === null) this.#ended = begun;
    else this.#open.set(step.of, begun);
  }

  /** Something came, for every step that is under way and for the one that ended last. */
  arrived(what: string): void {
    for (const { came } of this.#open.values()) count(came, what);
    if (this.#ended !== null) count(this.#ended.came, what);
  }

  /** The newest step that has not ended; where there is none, the one that ended last. */
  stand(nowMs: number): StepFacts {
    const newest = [...this.#open.values()].at(-1) ?? this.#ended;
    if (newest === null)
      return { step: null, stoodMs: null, limitMs: null, came: '', awaited: null };
    const { step, sinceMs, limitMs = null, awaited } = newest;
    const came = Array.from(newest.came, ([what, times]) =>
      times === 1 ? what : `${what} ×${String(times)}`,
    ).join(', ');
    return { step, stoodMs: Math.round(nowMs - sinceMs), limitMs, came, awaited };
  }
}

function count(came: Map<string, number>, what: string): void {
  if (came.size < MOST_ARRIVALS || came.has(what)) came.set(what, (came.get(what) ?? 0) + 1);
}
