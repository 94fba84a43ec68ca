/** Keepalives go every 5 s: four in a row without an echo, and nothing else either. */
const ECHOLESS_MS = 20_000;

/** Where nothing echoes, only the time after a resume tells, when it is long and there was sound before. */
const QUIET_AFTER_RESUME_MS = 60_000;

/** How long telling the voice server of us again may take to help. */
const ANNOUNCED_MS = 10_000;

/** Joining again costs seconds, and may not help. */
const REJOIN_EVERY_MS = 600_000;

/** A keepalive that ought to have been echoed was not, nor was the one before. */
const MISSED_MS = 10_000;

/** Asked again after so long, this process did not run: what arrived meanwhile is not read yet. */
const NOT_ASKED_MS = 5_000;

/** What is to be done about the way by which sound comes. */
export type PathStep = 'wait' | 'announce' | 'rejoin';

/** What came from the voice server last in this voice session, on the monotonic clock; null before the first. */
export interface SignsOfLife {
  /** An echo of a keepalive. */
  readonly echoAtMs: number | null;
  /** RTP, RTCP or anything else. */
  readonly heardAtMs: number | null;
}

/** What is known when a voice session is over; times are monotonic. */
interface PathEnd {
  readonly nowMs: number;
  readonly signs: SignsOfLife;
  /** When the WebSocket broke that was not opened again; null when it was closed, or is open. */
  readonly cutAtMs: number | null;
}

/**
 * Tells a dead path from a quiet channel: nobody tells us who speaks, so silence by itself says nothing. Times are
 * monotonic.
 */
export class PathWatch {
  /** The voice session began, or went on after a resume. */
  #sinceMs = Infinity;
  #beganAtMs = -Infinity;
  /** Last sign of life of any kind in this voice session. */
  #heardAtMs: number | null = null;
  #echoes = false;
  #announcedAtMs: number | null = null;
  #rejoinedAtMs = -Infinity;
  #isGivenUp = false;
  #askedAtMs = Infinity;
  /** This process has run since then. */
  #runsSinceMs = -Infinity;

  /** A voice session begins. */
  begin(nowMs: number): void {
    this.#beganAtMs = nowMs;
    this.#sinceMs = nowMs;
    this.#heardAtMs = null;
    this.#echoes = false;
    this.#announcedAtMs = null;
    this.#isGivenUp = false;
  }

  /** The voice session goes on, perhaps from another address of ours. */
  resumed(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#announcedAtMs = null;
  }

  /**
   * A voice session is over at `nowMs`: since when its path was dead, as far as is known; null when the path was good to
   * the end.
   */
  deafSinceMs({ nowMs, signs, cutAtMs }: PathEnd): number | null {
    this.#note(signs);
    const heardAtMs = this.#heardAtMs ?? -Infinity;
    if (this.#echoes && (cutAtMs !== null || nowMs - heardAtMs > MISSED_MS)) return heardAtMs;
    // Without echoes quiet is no sign of anything, but for a path that has been given up.
    const goodMs = Math.max(heardAtMs, cutAtMs ?? this.#sinceMs);
    return cutAtMs !== null || this.#isGivenUp ? goodMs : null;
  }

  /** To be asked about once a second. */
  look(nowMs: number, signs: SignsOfLife): PathStep {
    if (nowMs - this.#askedAtMs > NOT_ASKED_MS) {
      this.#runsSinceMs = nowMs;
      this.#announcedAtMs = null;
    }
    this.#askedAtMs = nowMs;
    this.#note(signs);
    if (!this.#isDead(nowMs)) return 'wait';
    if (this.#announcedAtMs === null) {
      this.#announcedAtMs = nowMs;
      return 'announce';
    }
    if (nowMs - this.#announcedAtMs < ANNOUNCED_MS) return 'wait';
    if (nowMs - this.#rejoinedAtMs < REJOIN_EVERY_MS) return 'wait';
    this.#rejoinedAtMs = nowMs;
    this.#isGivenUp = true;
    return 'rejoin';
  }

  #note({ echoAtMs, heardAtMs }: SignsOfLife): void {
    if (echoAtMs !== null) this.#echoes = true;
    // What came while the session was being opened says nothing about the path since.
    const isFromBefore = heardAtMs === null || heardAtMs < this.#beganAtMs;
    const newestMs = Math.max(echoAtMs ?? -Infinity, isFromBefore ? -Infinity : heardAtMs);
    if (newestMs <= (this.#heardAtMs ?? -Infinity)) return;
    this.#heardAtMs = newestMs;
    this.#announcedAtMs = null;
  }

  #isDead(nowMs: number): boolean {
    if (this.#heardAtMs === null) return false; // not even a quiet channel is known of this one
    if (this.#echoes) {
      const fromMs = Math.max(this.#heardAtMs, this.#sinceMs, this.#runsSinceMs);
      return nowMs - fromMs >= ECHOLESS_MS;
    }
    return this.#heardAtMs < this.#sinceMs && nowMs - this.#sinceMs >= QUIET_AFTER_RESUME_MS;
  }
}
