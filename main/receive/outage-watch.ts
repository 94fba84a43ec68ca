import type { Stall } from './stall-watch.ts';
import type { Stream } from './stream.ts';

/** A silence of everyone for 2 s is an outage when some sender's numbers went on for 2 s of sound meanwhile. */
const OUTAGE_MS = 2_000;

/** From one moment of the monotonic clock to another. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long after a stall the loss of a connection may be its doing: two heartbeats of the voice gateway. */
const NOTICED_MS = 30_000;

/** `network`: nothing arrived although people spoke. `sleep`: this process did not run. */
export type OutageReason = 'network' | 'sleep';

/** A stretch in which nothing was received, on the monotonic clock. */
export interface Outage extends Stretch {
  readonly reason: OutageReason;
}

/** What the watch asks of a stream. */
export type WatchedStream = Pick<Stream, 'newest' | 'missingMsBefore' | 'leaveOutMissing'>;

/**
 * Finds outages: stretches of 2 s or more in which nothing was received although people spoke. Sequence numbers that
 * passed in an outage are left out of the losses. Times are monotonic.
 */
export class OutageWatch {
  readonly #onOutage: (outage: Outage) => void;
  /** When the newest packet of anyone arrived; before the first, when the voice session began. */
  #newestAtMs = -Infinity;
  /**
   * The last stretch of 2 s or more without a packet of anyone. Kept for 2 s: packets behind it tell whether it was an
   * outage.
   */
  #silence: Stretch | null = null;
  /** The last outage of this voice session. */
  #outage: Stretch | null = null;
  /** The last stall of 2 s or more in this voice session. */
  #stall: Stall | null = null;
  /** When the last stretch of `#stall` ended that was itself 2 s or longer. */
  #sleptToMs = -Infinity;
  /** Where the earliest numbers are missing that passed during `#stall`; Infinity while none are. */
  #asleepFromMs = Infinity;

  constructor(onOutage: (outage: Outage) => void) {
    this.#onOutage = onOutage;
  }

  /** A voice session begins: silence counts from `nowMs`. */
  beginVoiceSession(nowMs: number): void {
    this.#newestAtMs = nowMs;
    this.#silence = null;
    this.#outage = null;
    this.#stall = null;
  }

  /** The voice session is over: reports an outage of reason `sleep` that waits for the stall to be caught up with. */
  endVoiceSession(): void {
    if (this.#stall !== null) this.#tellSleep(this.#stall);
  }

  /** This process did not run. In 2 s or more the system may have dropped packets; a shorter stall is ignored. */
  stalled(stall: Stall): void {
    if (stall.toMs - stall.fromMs < OUTAGE_MS) return;
    // A stall shorter than that, joined to a longer one, makes nothing unheard: the sleep ended when the longer one did.
    const isJoined = this.#stall?.fromMs === stall.fromMs;
    if (!isJoined || stall.toMs - stall.lastFromMs >= OUTAGE_MS) this.#sleptToMs = stall.toMs;
    this.#stall = stall;
  }

  /**
   * Start of the last stall of 2 s or more, when only packets that the system kept in it have come since, and it was
   * caught up with less than 30 s ago; else null. A connection lost later than that has another cause.
   */
  deafSinceMs(nowMs: number): number | null {
    if (this.#stall === null || this.#newestAtMs >= this.#stall.caughtUpAtMs) return null;
    if (nowMs - this.#stall.caughtUpAtMs > NOTICED_MS) return null;
    return this.#stall.fromMs;
  }

  /**
   * To be called with every packet of the call before its stream takes it. `stream` is null before the first packet of
   * an SSRC; `sequence` has 16 bits. Leaves out the numbers that passed in an outage.
   */
  arrived(stream: WatchedStream | null, sequence: number, nowMs: number): void {
    this.#noticeSilence(nowMs);
    const isCatchingUp = this.#stall !== null && nowMs < this.#stall.caughtUpAtMs;
    if (this.#silence === null && this.#outage === null && !isCatchingUp) return;
    const missingMs = stream?.missingMsBefore(sequence) ?? 0;
    if (stream === null || missingMs === 0) return;
    // More sound than fits into the time since the newest packet: the sequence ledger judges such a number.
    if (missingMs > nowMs - stream.newest.earliestMs + OUTAGE_MS) return;
    if (isCatchingUp && this.#stall !== null) {
      if (missingMs < OUTAGE_MS && this.#asleepFromMs === Infinity) return;
      const earliestMs = Math.max(this.#stall.fromMs, nowMs - missingMs);
      this.#asleepFromMs = Math.min(this.#asleepFromMs, earliestMs);
      return stream.leaveOutMissing();
    }
    const hasGoneOn = missingMs >= OUTAGE_MS && !isFromBefore(stream, this.#outage);
    if (this.#silence !== null && hasGoneOn && isFromBefore(stream, this.#silence)) {
      const wasAsleep = this.#stall !== null && this.#silence.fromMs <= this.#stall.toMs;
      this.#tell({ reason: wasAsleep ? 'sleep' : 'network', ...this.#silence });
    }
    if (isFromBefore(stream, this.#outage)) stream.leaveOutMissing();
  }

  /** Reports an outage of reason `sleep` once everything has been read that the system kept in the stall. */
  tick(nowMs: number): void {
    if (this.#stall !== null && nowMs >= this.#stall.caughtUpAtMs) this.#tellSleep(this.#stall);
  }

  #tellSleep({ toMs }: Stall): void {
    const fromMs = this.#asleepFromMs;
    this.#asleepFromMs = Infinity;
    if (fromMs === Infinity) return;
    // What is missing only from after the sleep on was missed in a stall that followed it.
    this.#tell({
      reason: 'sleep',
      fromMs,
      toMs: fromMs < this.#sleptToMs ? this.#sleptToMs : toMs,
    });
  }

  #tell(outage: Outage): void {
    this.#outage = outage;
    this.#silence = null;
    this.#onOutage(outage);
  }

  /** Someone who talked through an outage is heard at once when it is over, but need not be the first to be heard. */
  #noticeSilence(nowMs: number): void {
    const fromMs = this.#newestAtMs;
    this.#newestAtMs = nowMs;
    if (nowMs - fromMs >= OUTAGE_MS) this.#silence = { fromMs, toMs: nowMs };
    else if (this.#silence !== null && nowMs - this.#silence.toMs >= OUTAGE_MS)
      this.#silence = null;
  }
}

/**
 * Whether the newest packet of the stream arrived before the stretch, so that its missing numbers may have passed in
 * it.
 */
function isFromBefore({ newest }: WatchedStream, stretch: Stretch | null): boolean {
  return stretch !== null && newest.earliestMs <= stretch.fromMs;
}
