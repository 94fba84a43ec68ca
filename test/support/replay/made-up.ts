import { BOT_ID, GUILD_ID, LOUNGE_ID } from '../discord-payloads.ts';
import type { FlightLine } from '../flight.ts';

/** What `shape` of the recorder leaves of a value, made whole again: the same pseudonym is the same value. */
export class MadeUp {
  readonly #values = new Map<string, string>();

  /** The first join names the server and the channel, our own voice state names the bot. */
  constructor(lines: readonly FlightLine[]) {
    for (const line of lines) {
      const join = field(line['d'], 'channel_id');
      if (line.kind === 'gateway' && line['op'] === 4 && typeof join === 'string') {
        this.#name(field(line['d'], 'guild_id'), GUILD_ID);
        this.#name(join, LOUNGE_ID);
      }
      this.#name(field(line['own'], 'user_id'), BOT_ID);
    }
  }

  value(shape: unknown): unknown {
    if (typeof shape === 'string') return this.#string(shape);
    if (Array.isArray(shape)) return shape.map((one) => this.value(one));
    if (typeof shape !== 'object' || shape === null) return shape;
    return Object.fromEntries(Object.entries(shape).map(([key, one]) => [key, this.value(one)]));
  }

  #name(pseudonym: unknown, value: string): void {
    if (typeof pseudonym === 'string' && !this.#values.has(pseudonym))
      this.#values.set(pseudonym, value);
  }

  #string(shape: string): unknown {
    const [, what, count] = /^(string|numbers)\((\d+)\)$/.exec(shape) ?? [];
    if (what === 'string') return 'x'.repeat(Number(count));
    if (what === 'numbers') return Array.from({ length: Number(count) }, (_, index) => index);
    if (!shape.startsWith('#')) return shape;
    const known = this.#values.get(shape) ?? `10000000000000${String(1_000 + this.#values.size)}`;
    this.#values.set(shape, known);
    return known;
  }
}

/** A member of an object; undefined where there is none. */
export function field(value: unknown, name: string): unknown {
  return Object.entries(value ?? {}).find(([key]) => key === name)?.[1];
}
