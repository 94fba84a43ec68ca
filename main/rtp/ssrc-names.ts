import type { Snowflake } from '../base/snowflake.ts';

/** More names than any call has speakers, so that a server that invents SSRCs cannot fill the memory. */
const MOST_NAMES = 4_096;

/** Whose packets each SSRC of a voice session carries, as the voice server has told; the newest 4,096. */
export class SsrcNames {
  /** Oldest first. */
  readonly #names = new Map<number, Snowflake>();

  /** False when that was known. Of more than 4,096 names the oldest is forgotten. */
  name(ssrc: number, userId: Snowflake): boolean {
    if (this.#names.get(ssrc) === userId) return false;
    this.#names.delete(ssrc);
    this.#names.set(ssrc, userId);
    const [first] = this.#names.keys();
    if (this.#names.size > MOST_NAMES && first !== undefined) this.#names.delete(first);
    return true;
  }

  /** Null when nobody is named for the SSRC. */
  userOf(ssrc: number): Snowflake | null {
    return this.#names.get(ssrc) ?? null;
  }

  /** Everyone who is named for an SSRC. */
  users(): ReadonlySet<Snowflake> {
    return new Set(this.#names.values());
  }

  /** All names, oldest first. */
  all(): readonly (readonly [ssrc: number, userId: Snowflake])[] {
    return [...this.#names];
  }

  /**
   * Client Disconnect (op 13): a connection of that person is over, and the voice server may give its SSRC to somebody
   * else. Which connection is not said: somebody who comes back may be named for the new SSRC first. So of several
   * SSRCs the newest keeps its name, unless it `isHeard` already: its packets then show whose they are.
   */
  left(userId: Snowflake, isHeard: (ssrc: number) => boolean = () => false): void {
    const own = this.all().flatMap(([ssrc, named]) => (named === userId ? [ssrc] : []));
    const newest = own.length > 1 ? own.at(-1) : undefined;
    for (const ssrc of own) if (ssrc !== newest || isHeard(ssrc)) this.#names.delete(ssrc);
  }

  clear(): void {
    this.#names.clear();
  }
}
