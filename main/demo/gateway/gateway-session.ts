import { INTENTS } from './gateway-messages.ts';
import type { DemoBot } from '../world/world-types.ts';

export interface Dispatch {
  readonly seq: number;
  readonly t: string;
  readonly d: unknown;
}

/** Dispatches kept for a resume; far more than a test makes. */
const MOST_KEPT = 4096;

/** One session of a bot at the main gateway: survives the loss of its socket and replays what was missed. */
export class GatewaySession {
  readonly id: string;
  readonly bot: DemoBot;
  readonly intents: number;
  /** Sends one dispatch on the socket of the moment; null while there is none. */
  send: ((dispatch: Dispatch) => void) | null = null;
  /** Ends the session when nobody resumed it in time. */
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

  /** What came after that number; null when it is not kept that far back, or the number is from the future. */
  since(seq: number): readonly Dispatch[] | null {
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    if (seq > this.#seq || seq < oldest - 1) return null;
    return this.#kept.filter((one) => one.seq > seq);
  }
}
