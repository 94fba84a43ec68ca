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

/** What is known when a voice session is over; times are monotonic. */
interface PathEnd {
  readonly nowMs: number;
  /** Of the last echo in this voice session; null before the first. */
  readonly echoAtMs: number | null;
  readonly cutAtMs: number | null;
}

/**
 * Tells a dead path from a quiet channel: nobody tells us who speaks, so silence by itself says nothing. Times are
 * monotonic.
 */
export class PathWatch {
  /** The voice session began, or went on after a resume. */
  #sinceMs = Infinity;
  /** Anything from the voice server, in this voice session. */
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

  /** Something came from the voice server. */
  heard(atMs: number): void {
    this.#heardAtMs = atMs;
    this.#announcedAtMs = null;
  }

  /**
   * A voice session is over at `nowMs`: since when its path was dead, as far as is known; null when it was good to the
   * end. `cutAtMs`: its WebSocket broke then, and could not be opened again.
   */
  deafSinceMs({ nowMs, echoAtMs, cutAtMs }: PathEnd): number | null {
    const heardAtMs = Math.max(this.#heardAtMs ?? -Infinity, echoAtMs ?? -Infinity);
    const echoes = this.#echoes || echoAtMs !== null;
    if (echoes && (cutAtMs !== null || nowMs - heardAtMs > MISSED_MS)) return heardAtMs;
    // Without echoes quiet is no sign of anything, but for a path that has been given up.
    const goodMs = Math.max(heardAtMs, cutAtMs ?? this.#sinceMs);
    return cutAtMs !== null || this.#isGivenUp ? goodMs : null;
  }

  /** To be asked about once a second. `echoAtMs`: of the last echo in this voice session; null before the first. */
  look(nowMs: number, echoAtMs: number | null): PathStep {
    if (nowMs - this.#askedAtMs > NOT_ASKED_MS) {
      this.#runsSinceMs = nowMs;
      this.#announcedAtMs = null;
    }
    this.#askedAtMs = nowMs;
    if (echoAtMs !== null) {
      this.#echoes = true;
      if (echoAtMs > (this.#heardAtMs ?? -Infinity)) this.heard(echoAtMs);
    }
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

  #isDead(nowMs: number): boolean {
    if (this.#heardAtMs === null) return false; // not even a quiet channel is known of this one
    if (this.#echoes) {
      const fromMs = Math.max(this.#heardAtMs, this.#sinceMs, this.#runsSinceMs);
      return nowMs - fromMs >= ECHOLESS_MS;
    }
    return this.#heardAtMs < this.#sinceMs && nowMs - this.#sinceMs >= QUIET_AFTER_RESUME_MS;
  }
}
