import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

/** Places in the code that are remembered. Beyond 100 it is one fault in many shapes: counted, but not logged. */
const MOST_PLACES = 100;

/**
 * Counts the faults of our own code in the packet path, and logs the first of each place in the code, up to 100 places.
 */
export class Faults {
  readonly #log: Log;
  readonly #onFirst: () => void;
  readonly #places = new Set<string>();
  #count = 0;

  /** `onFirst` is called once, with the first fault. */
  constructor({ log, onFirst }: { readonly log: Log; readonly onFirst: () => void }) {
    this.#log = log;
    this.#onFirst = onFirst;
  }

  /** Faults so far, logged or not. */
  get count(): number {
    return this.#count;
  }

  /** Runs `work`. An error that it throws is noted and not rethrown. */
  guard(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.note(thrown);
    }
  }

  /** Counts an error, and logs it when it is the first from its place. */
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
