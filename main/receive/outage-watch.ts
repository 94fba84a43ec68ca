import type { Stall } from './stall-watch.ts';
import type { Stream } from './stream.ts';

/** Nothing from anyone for so long, while a sender's numbers went on for as long, is an outage. */
const OUTAGE_MS = 2_000;

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Within so long after waking it shows that a connection did not survive: two heartbeats of the voice gateway. */
const NOTICED_MS = 30_000;

/** `network`: nothing arrived although people spoke. `sleep`: this process did not run. */
export type OutageReason = 'network' | 'sleep';

export interface Outage extends Stretch {
  readonly reason: OutageReason;
}

/** What the watch asks of a stream. */
export type WatchedStream = Pick<Stream, 'newest' | 'missingMsBefore' | 'leaveOutMissing'>;

/** Finds stretches in which nothing was received although people spoke: numbers that passed in one are nobody's loss. */
export class OutageWatch {
  readonly #onOutage: (outage: Outage) => void;
  #newestAtMs = -Infinity;
  /** Nothing came in it from anyone, and what comes right behind it tells whether that was an outage. */
  #silence: Stretch | null = null;
  /** The last one of this voice session. */
  #outage: Stretch | null = null;
  #stall: Stall | null = null;
  /** Since when numbers are missing that passed while this process did not run. */
  #asleepFromMs = Infinity;

  constructor(onOutage: (outage: Outage) => void) {
    this.#onOutage = onOutage;
  }

  beginVoiceSession(nowMs: number): void {
    this.#newestAtMs = nowMs;
    this.#silence = null;
    this.#outage = null;
    this.#stall = null;
  }

  /** Tells what there is to tell: nothing will be read any more. */
  endVoiceSession(): void {
    if (this.#stall !== null) this.#tellSleep(this.#stall);
  }

  /** This process did not run; when that was for long, it may not have heard everything. */
  stalled(stall: Stall): void {
    if (stall.toMs - stall.fromMs < OUTAGE_MS) return;
    // A short stall that is joined to a long one makes nothing unheard: the sleep ended when the long one did.
    const toMs = this.#stall?.fromMs === stall.fromMs ? this.#stall.toMs : stall.toMs;
    this.#stall = { ...stall, toMs };
  }

  /**
   * When this process stood still for seconds, not long ago, if all that arrived since was kept by the system; else null:
   * a loss long after it has another cause.
   */
  deafSinceMs(nowMs: number): number | null {
    if (this.#stall === null || this.#newestAtMs >= this.#stall.caughtUpAtMs) return null;
    if (nowMs - this.#stall.caughtUpAtMs > NOTICED_MS) return null;
    return this.#stall.fromMs;
  }

  /** A packet arrived that its stream has not taken yet; null before the first of its SSRC. */
  arrived(stream: WatchedStream | null, sequence: number, nowMs: number): void {
    this.#noticeSilence(nowMs);
    const isCatchingUp = this.#stall !== null && nowMs < this.#stall.caughtUpAtMs;
    if (this.#silence === null && this.#outage === null && !isCatchingUp) return;
    const missingMs = stream?.missingMsBefore(sequence) ?? 0;
    if (stream === null || missingMs === 0) return;
    // More than can have been said since: the sequence ledger judges such a number.
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

  /** Tells of what passed while this process did not run, once all has been read that the system kept. */
  tick(nowMs: number): void {
    if (this.#stall !== null && nowMs >= this.#stall.caughtUpAtMs) this.#tellSleep(this.#stall);
  }

  #tellSleep({ toMs }: Stall): void {
    const fromMs = this.#asleepFromMs;
    this.#asleepFromMs = Infinity;
    if (fromMs !== Infinity) this.#tell({ reason: 'sleep', fromMs, toMs });
  }

  #tell(outage: Outage): void {
    this.#outage = outage;
    this.#silence = null;
    this.#onOutage(outage);
  }

  /** Those who talked on are heard at once when the network is back, but not always first. */
  #noticeSilence(nowMs: number): void {
    const fromMs = this.#newestAtMs;
    this.#newestAtMs = nowMs;
    if (nowMs - fromMs >= OUTAGE_MS) this.#silence = { fromMs, toMs: nowMs };
    else if (this.#silence !== null && nowMs - this.#silence.toMs >= OUTAGE_MS)
      this.#silence = null;
  }
}

/** Whether no packet of that stream has come since the stretch began, so that missing numbers may have passed in it. */
function isFromBefore({ newest }: WatchedStream, stretch: Stretch | null): boolean {
  return stretch !== null && newest.earliestMs <= stretch.fromMs;
}
