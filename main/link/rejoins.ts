import { backoffMs } from '../base/backoff.ts';
import { VoiceError } from '../voice/voice-error.ts';

/** A voice connection that lasted 30 s was a good one: failures and refusals before it are forgotten. */
const GOOD_MS = 30_000;

/** Pauses before joins. The first join after a loss has none: it costs nothing and mostly succeeds. */
const PAUSES = { firstMs: 500, mostMs: 60_000 };

/** A second refusal is final, since one fresh join did not mend it; so is a second dismissal in a row. */
const MOST_REFUSALS = 2;

/** So many voice sessions that Discord declares void within a minute: its voice servers there may be at fault. */
const MOST_VOID = 3;
const VOID_WINDOW_MS = 60_000;
const SESSION_VOID = 4006;

/**
 * Says how long to pause before the next join, and when refusals and dismissals of voice servers are final. Times are
 * arguments.
 */
export class Rejoins {
  #failures = 0;
  #refusals = 0;
  /** How often in a row the voice server sent us away (4014, 4022). */
  #dismissals = 0;
  /** When sessions were declared void (4006) within the last minute, oldest first. */
  #voidAtMs: number[] = [];
  #hasAdvised = false;

  /** A voice connection is over, after `lastedMs`. */
  ended(lastedMs: number): void {
    this.#dismissals = 0;
    if (lastedMs < GOOD_MS) return;
    this.#failures = 0;
    this.#refusals = 0;
  }

  /**
   * A voice connection was lost, or a join failed. `final`: the second refusal since a good connection, or the second
   * dismissal in a row.
   */
  failed(why: unknown): 'again' | 'final' {
    this.#failures += 1;
    if (isRefusal(why)) this.#refusals += 1;
    this.#dismissals = isDismissal(why) ? this.#dismissals + 1 : 0;
    return Math.max(this.#refusals, this.#dismissals) >= MOST_REFUSALS ? 'final' : 'again';
  }

  /**
   * Whether to advise another voice region: sessions were declared void three times within a minute. True once, until a
   * minute goes by without. To be told each failure, at `nowMs`, monotonic.
   */
  advisesRegion(why: unknown, nowMs: number): boolean {
    if (!(why instanceof VoiceError) || why.closeCode !== SESSION_VOID) return false;
    this.#voidAtMs = this.#voidAtMs.filter((atMs) => nowMs - atMs < VOID_WINDOW_MS);
    if (this.#voidAtMs.length === 0) this.#hasAdvised = false;
    this.#voidAtMs.push(nowMs);
    if (this.#hasAdvised || this.#voidAtMs.length < MOST_VOID) return false;
    this.#hasAdvised = true;
    return true;
  }

  /** Milliseconds to pause before the next join: none after the first failure, then growing. `random` is in [0, 1). */
  pauseMs(random = Math.random()): number {
    return this.#failures <= 1 ? 0 : backoffMs(PAUSES, this.#failures - 1, random);
  }
}

/**
 * A refusal has a close code: only that is Discord's word. What is blocked or broken on the way may be mended at any
 * time.
 */
function isRefusal(why: unknown): boolean {
  return why instanceof VoiceError && why.remedy === 'rejoin-once' && why.closeCode !== null;
}

/** Close codes 4014 and 4022, or an error that means the same: the voice server sent us away. */
export function isDismissal(why: unknown): why is VoiceError {
  return why instanceof VoiceError && why.remedy === 'await-server';
}
