import { backoffMs } from '../base/backoff.ts';
import { VoiceError } from '../voice/voice-error.ts';

/** A voice connection that lasted so long was a good one: what went wrong before it counts no more. */
const GOOD_MS = 30_000;

/** Before each try but the first after a loss, which costs nothing and mostly succeeds. */
const PAUSES = { firstMs: 500, mostMs: 60_000 };

/** What one fresh join mends is final when it comes back; so is being sent away at the door. */
const MOST_REFUSALS = 2;

/**
 * How patient a recording is with its voice connections: how long to pause before the next join, and when Discord's
 * refusals are its last word. Nothing else ends the trying (pure: durations are arguments).
 */
export class Rejoins {
  #failures = 0;
  #refusals = 0;
  /** Joins in a row that the voice server ended by sending us away. */
  #dismissals = 0;

  /** A voice connection is over that lasted so long. */
  ended(lastedMs: number): void {
    this.#dismissals = 0;
    if (lastedMs < GOOD_MS) return;
    this.#failures = 0;
    this.#refusals = 0;
  }

  /** It was lost, or the next one did not come to be; `final` when that was refused as the one before was. */
  failed(why: unknown): 'again' | 'final' {
    this.#failures += 1;
    if (isRefusal(why)) this.#refusals += 1;
    this.#dismissals = isDismissal(why) ? this.#dismissals + 1 : 0;
    return Math.max(this.#refusals, this.#dismissals) >= MOST_REFUSALS ? 'final' : 'again';
  }

  /** Milliseconds to pause before the next join: none after the first failure, then growing. `random` is in [0, 1). */
  pauseMs(random = Math.random()): number {
    return this.#failures <= 1 ? 0 : backoffMs(PAUSES, this.#failures - 1, random);
  }
}

/** Only a close code is Discord's word; what is blocked or broken on the way may be mended at any time. */
function isRefusal(why: unknown): boolean {
  return why instanceof VoiceError && why.remedy === 'rejoin-once' && why.closeCode !== null;
}

/** 4014 and 4022: an open connection's owner waits for what they mean before he joins again. */
function isDismissal(why: unknown): boolean {
  return why instanceof VoiceError && why.remedy === 'await-server';
}
