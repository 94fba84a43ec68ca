import type { Opened } from '../base/openings.ts';

/**
 * A path with echoes is dead after 20 s without a sign of life: keepalives go every 5 s, so four in a row had no echo.
 */
const ECHOLESS_MS = 20_000;

/** A path without echoes is dead when something came before a resume, and nothing in the 60 s behind the resume. */
const QUIET_AFTER_RESUME_MS = 60_000;

/** How long op 5, sent again, may take to help before the channel is joined anew. */
const ANNOUNCED_MS = 10_000;

/** Least time between two fresh joins: each costs seconds of sound, and may not help. */
const REJOIN_EVERY_MS = 600_000;

/** With echoes, a path was good to the end when a sign of life came in its last 10 s, the time of two keepalives. */
const MISSED_MS = 10_000;

/**
 * After so long without a `look` this process may have stood still, or the session was being resumed: what arrived
 * meanwhile may not be read yet.
 */
const NOT_ASKED_MS = 5_000;

/** So many packets in a second are somebody who talks, and no junk; a talker sends 16 to 50. */
const TALKING_COUNT = 5;

/** Seconds of talking that no key of the transport opens, until the channel is joined anew: that brings another key. */
const SEALED_S = 3;

/** The same of end-to-end encryption, which mends itself within 20 s where it can. */
const UNDECRYPTED_S = 30;

/** Least time between two fresh joins for a key: meanwhile nothing can be heard that a join could cost. */
const REKEY_EVERY_MS = 60_000;

/**
 * What to do about the path of datagrams: `announce` sends op 5 to the voice server again, `rejoin` joins the channel
 * anew, and so does `rekey`, since sound comes and no key opens it.
 */
export type PathStep = 'wait' | 'announce' | 'rejoin' | 'rekey';

/**
 * When each was last received from the voice server in this voice session, on the monotonic clock; null before the
 * first.
 */
export interface SignsOfLife {
  /** An echo of a keepalive. */
  readonly echoAtMs: number | null;
  /** RTP, RTCP or anything else. */
  readonly heardAtMs: number | null;
  /** What the transport's key opened. */
  readonly transport: Opened;
  /** What the keys of end-to-end encryption opened of that. */
  readonly endToEnd: Opened;
}

/** What is known when a voice session is over; times are monotonic. */
interface PathEnd {
  readonly nowMs: number;
  readonly signs: SignsOfLife;
  /**
   * When the WebSocket broke, if it could not be opened again; null when it is open, or the server closed it with a
   * code.
   */
  readonly cutAtMs: number | null;
}

/**
 * Tells a dead path of datagrams from a quiet channel. Discord does not say who speaks, so silence alone proves
 * nothing: a path is judged by echoes of keepalives, or by what comes behind a resume. Times are monotonic.
 */
export class PathWatch {
  /** The voice session began, or went on after a resume. */
  #sinceMs = Infinity;
  #beganAtMs = -Infinity;
  /** Last sign of life of any kind in this voice session; null before the first. */
  #aliveAtMs: number | null = null;
  /** Whether a keepalive was echoed in this voice session. */
  #echoes = false;
  #announcedAtMs: number | null = null;
  #rejoinedAtMs = -Infinity;
  #rekeyedAtMs = -Infinity;
  #transport = new SealedSeconds();
  #endToEnd = new SealedSeconds();
  /** Whether `look` asked for a fresh join in this voice session. */
  #isGivenUp = false;
  #askedAtMs = Infinity;
  /** Since when `look` has been called without a pause of 5 s. */
  #runsSinceMs = -Infinity;

  /** A voice session begins. */
  begin(nowMs: number): void {
    this.#beganAtMs = nowMs;
    this.#sinceMs = nowMs;
    this.#aliveAtMs = null;
    this.#echoes = false;
    this.#announcedAtMs = null;
    this.#isGivenUp = false;
    this.#transport = new SealedSeconds();
    this.#endToEnd = new SealedSeconds();
  }

  /** The voice session was resumed, perhaps from another address of ours. */
  resumed(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#announcedAtMs = null;
  }

  /**
   * Since when the path of a voice session that is over was dead, as far as is known; null when it was good to the end.
   */
  deadSinceMs({ nowMs, signs, cutAtMs }: PathEnd): number | null {
    this.#note(signs);
    if (this.#transport.count >= SEALED_S) return signs.transport.openedAtMs ?? this.#beganAtMs;
    const aliveAtMs = this.#aliveAtMs ?? -Infinity;
    if (this.#echoes && (cutAtMs !== null || nowMs - aliveAtMs > MISSED_MS)) return aliveAtMs;
    // Without echoes, silence says something only of a path for which a fresh join was asked.
    const goodMs = Math.max(aliveAtMs, cutAtMs ?? this.#sinceMs);
    return cutAtMs !== null || this.#isGivenUp ? goodMs : null;
  }

  /** What to do about the path. To be called about once a second while the voice session is open. */
  look(nowMs: number, signs: SignsOfLife): PathStep {
    if (nowMs - this.#askedAtMs > NOT_ASKED_MS) {
      this.#runsSinceMs = nowMs;
      this.#announcedAtMs = null;
    }
    this.#askedAtMs = nowMs;
    this.#note(signs);
    const isSealed = this.#transport.look(signs.transport) >= SEALED_S;
    const isUndecrypted = this.#endToEnd.look(signs.endToEnd) >= UNDECRYPTED_S;
    if ((isSealed || isUndecrypted) && nowMs - this.#rekeyedAtMs >= REKEY_EVERY_MS) {
      this.#rekeyedAtMs = nowMs;
      return 'rekey';
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

  #note({ echoAtMs, heardAtMs }: SignsOfLife): void {
    if (echoAtMs !== null) this.#echoes = true;
    // What came while the session was being opened says nothing about the path since.
    const isFromBefore = heardAtMs === null || heardAtMs < this.#beganAtMs;
    const newestMs = Math.max(echoAtMs ?? -Infinity, isFromBefore ? -Infinity : heardAtMs);
    if (newestMs <= (this.#aliveAtMs ?? -Infinity)) return;
    this.#aliveAtMs = newestMs;
    this.#announcedAtMs = null;
  }

  #isDead(nowMs: number): boolean {
    if (this.#aliveAtMs === null) return false; // nothing has come yet, so silence says nothing
    if (this.#echoes) {
      const fromMs = Math.max(this.#aliveAtMs, this.#sinceMs, this.#runsSinceMs);
      return nowMs - fromMs >= ECHOLESS_MS;
    }
    return this.#aliveAtMs < this.#sinceMs && nowMs - this.#sinceMs >= QUIET_AFTER_RESUME_MS;
  }
}

/** Counts the seconds in a row in which somebody talked and nothing could be opened. A second without talk is neither. */
class SealedSeconds {
  #before = { openedCount: 0, refusedCount: 0 };
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The count, with the second that ends here. To be called about once a second. */
  look({ openedCount, refusedCount }: Opened): number {
    const refused = refusedCount - this.#before.refusedCount;
    if (openedCount > this.#before.openedCount) this.#count = 0;
    else if (refused >= TALKING_COUNT) this.#count += 1;
    this.#before = { openedCount, refusedCount };
    return this.#count;
  }
}
