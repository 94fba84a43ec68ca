import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

/** Places of faults that are remembered; more would be one fault in many shapes. */
const MOST_PLACES = 100;

/**
 * Faults of ours in the packet path. Each costs what was being worked on: all are counted, and of each place in the
 * code the first is logged.
 */
export class Faults {
  readonly #log: Log;
  readonly #onFirst: () => void;
  readonly #places = new Set<string>();
  #count = 0;

  /** `onFirst` is called with the first fault of all. */
  constructor({ log, onFirst }: { readonly log: Log; readonly onFirst: () => void }) {
    this.#log = log;
    this.#onFirst = onFirst;
  }

  get count(): number {
    return this.#count;
  }

  /** Does the work; what it throws is noted. */
  guard(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.note(thrown);
    }
  }

  note(thrown: unknown): void {
    const error = toError(thrown);
    this.#count += 1;
    const place = placeOf(error);
    if (this.#places.has(place) || this.#places.size >= MOST_PLACES) return;
    this.#places.add(place);
    this.#log.error('fault in the packet path', { error: error.stack ?? error.message });
    if (this.#count === 1) this.#onFirst();
  }
}

/** Kind of the error and the line of code that threw it: messages differ from packet to packet. */
function placeOf({ name, message, stack = '' }: Error): string {
  const thrownAt = /^\s+at .*$/m.exec(stack)?.[0];
  return `${name} ${thrownAt ?? message}`;
}
