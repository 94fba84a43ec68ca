import type { Snowflake } from '../../base/snowflake.ts';

export interface DaveTransitionsOptions {
  /** How long op 22 waits for clients that have not sent op 23. */
  readonly limitMs: number;
  /** Op 22 is due; `what` is as `begin` was given it. */
  readonly onExecute: (transitionId: number, what: DaveChange) => void;
}

/** What takes effect at op 22: new keys, or version 0, the end of end-to-end encryption. */
export type DaveChange = 'keys' | 'version 0';

interface Transition {
  readonly what: DaveChange;
  readonly waiting: Set<Snowflake>;
  readonly timer: NodeJS.Timeout;
}

/** Transitions that have been announced (ops 29, 30, 21) and not executed yet (op 22). */
export class DaveTransitions {
  /** `at the limit`: op 22 is sent after `limitMs` even when everyone has sent op 23 before. */
  executes: 'when everyone is ready' | 'at the limit' = 'when everyone is ready';
  readonly #options: DaveTransitionsOptions;
  readonly #open = new Map<number, Transition>();
  #lastId = 0;

  constructor(options: DaveTransitionsOptions) {
    this.#options = options;
  }

  /** An id that no open transition has: 1 to 65535. */
  newId(): number {
    this.#lastId = (this.#lastId % 65_535) + 1;
    return this.#lastId;
  }

  begin(transitionId: number, userIds: readonly Snowflake[], what: DaveChange): void {
    const timer = setTimeout(() => this.#execute(transitionId), this.#options.limitMs);
    this.#open.set(transitionId, { what, waiting: new Set(userIds), timer });
  }

  /** Op 23 of that client. */
  ready(userId: Snowflake, transitionId: number): void {
    const transition = this.#open.get(transitionId);
    if (transition?.waiting.delete(userId) !== true || transition.waiting.size > 0) return;
    if (this.executes === 'when everyone is ready') this.#execute(transitionId);
  }

  /** That client has left: no transition waits for it. */
  forget(userId: Snowflake): void {
    for (const transitionId of [...this.#open.keys()]) this.ready(userId, transitionId);
  }

  close(): void {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
  }

  #execute(transitionId: number): void {
    const transition = this.#open.get(transitionId);
    if (transition === undefined) return;
    clearTimeout(transition.timer);
    this.#open.delete(transitionId);
    this.#options.onExecute(transitionId, transition.what);
  }
}
