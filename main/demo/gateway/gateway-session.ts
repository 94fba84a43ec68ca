import { INTENTS } from './gateway-messages.ts';
import type { DemoBot } from '../world/world-types.ts';

export interface Dispatch {
  readonly seq: number;
  readonly t: string;
  readonly d: unknown;
}

/** How many dispatches are kept for a Resume; the oldest go first. */
const MOST_KEPT = 4096;

/** One session of a bot at the main gateway. Outlives its socket and keeps its dispatches for a Resume. */
export class GatewaySession {
  readonly id: string;
  readonly bot: DemoBot;
  readonly intents: number;
  /** Sends one dispatch on the present socket; null while there is none. */
  send: ((dispatch: Dispatch) => void) | null = null;
  /** Timer that ends a session without a socket; null while it has one. */
  expiry: NodeJS.Timeout | null = null;
  #seq = 0;
  #kept: Dispatch[] = [];

  constructor(id: string, bot: DemoBot, intents: number) {
    this.id = id;
    this.bot = bot;
    this.intents = intents;
  }

  get seq(): number {
    return this.#seq;
  }

  has(intent: Exclude<keyof typeof INTENTS, 'privileged' | 'known'>): boolean {
    return (this.intents & INTENTS[intent]) !== 0;
  }

  dispatch(t: string, d: unknown): void {
    this.#seq += 1;
    const dispatch = { seq: this.#seq, t, d };
    this.#kept.push(dispatch);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    this.send?.(dispatch);
  }

  /** Dispatches after that number; null when they are not kept that far back, or `seq` has not been sent yet. */
  since(seq: number): readonly Dispatch[] | null {
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    if (seq > this.#seq || seq < oldest - 1) return null;
    return this.#kept.filter((one) => one.seq > seq);
  }
}
