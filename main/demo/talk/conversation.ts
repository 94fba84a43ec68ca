import type { MediaServer } from '../voice/media-server.ts';
import type { SentLog } from '../sent-log.ts';
import type { Speaker } from './speaker.ts';
import { FRAME_MS } from './speech-source.ts';

/** Without any receiver for so long the conversation ends; the next receiver hears it from the start. */
const GRACE_MS = 5000;
/** Further behind than this (the computer slept), frames are left out, not caught up with. */
const MOST_BEHIND_MS = 2000;

interface Talker {
  readonly speaker: Speaker;
  /** Speakers do not send in the same instant: each has its own moment within the 20 ms. */
  readonly phaseMs: number;
  nextFrame: number;
}

/**
 * Everyone's talk on one clock: begins when the first receiver can hear, loops, and is paced by a schedule that no
 * late timer shifts: frame n is due at n × 20 ms after the beginning.
 */
export class Conversation {
  readonly #media: MediaServer;
  readonly #log: SentLog;
  readonly #talkers = new Map<string, Talker>();
  #startedAtMs: number | null = null;
  #heardAtMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(media: MediaServer, log: SentLog) {
    this.#media = media;
    this.#log = log;
  }

  get speakers(): Speaker[] {
    return [...this.#talkers.values()].map(({ speaker }) => speaker);
  }

  speaker(userId: string): Speaker | undefined {
    return this.#talkers.get(userId)?.speaker;
  }

  /** Takes part from this frame on; a second speaker of the same user takes the place of the first. */
  add(speaker: Speaker, phaseMs: number): void {
    const nextFrame = this.#frameAt(performance.now());
    this.#talkers.set(speaker.options.userId, { speaker, phaseMs, nextFrame });
  }

  remove(userId: string): void {
    this.#talkers.delete(userId);
  }

  /** Called when somebody may have begun to hear: starts the clock when it stands. */
  start(): void {
    if (this.#startedAtMs !== null || !this.#media.hasReceivers) return;
    this.#startedAtMs = this.#heardAtMs = performance.now();
    for (const talker of this.#talkers.values()) talker.nextFrame = 0;
    this.#log.write({ event: 'conversation', message: 'begins' });
    this.#schedule();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#startedAtMs = null;
  }

  #frameAt(nowMs: number): number {
    return this.#startedAtMs === null ? 0 : Math.ceil((nowMs - this.#startedAtMs) / FRAME_MS);
  }

  #tick(): void {
    if (this.#startedAtMs === null) return;
    const nowMs = performance.now();
    if (this.#media.hasReceivers) this.#heardAtMs = nowMs;
    if (nowMs - this.#heardAtMs > GRACE_MS) {
      this.#log.write({ event: 'conversation', message: 'ends: nobody hears it' });
      return this.close();
    }
    for (const talker of this.#talkers.values()) this.#speak(talker, nowMs - this.#startedAtMs);
    this.#schedule();
  }

  #speak(talker: Talker, elapsedMs: number): void {
    const { speaker } = talker;
    const { userId, channelId } = speaker.options;
    if (elapsedMs - dueMs(talker) > MOST_BEHIND_MS) {
      talker.nextFrame = Math.floor(elapsedMs / FRAME_MS);
    }
    while (dueMs(talker) <= elapsedMs) {
      for (const packet of speaker.frame(talker.nextFrame)) {
        this.#media.forward(channelId, userId, packet);
      }
      talker.nextFrame += 1;
    }
  }

  #schedule(): void {
    if (this.#startedAtMs === null) return;
    const elapsedMs = performance.now() - this.#startedAtMs;
    const dues = [...this.#talkers.values()].map((talker) => dueMs(talker));
    const next = Math.min(elapsedMs + FRAME_MS, ...dues);
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, next - elapsedMs));
  }
}

function dueMs({ speaker, phaseMs, nextFrame }: Talker): number {
  return phaseMs + nextFrame * FRAME_MS * (1 - speaker.options.driftPpm / 1e6);
}
