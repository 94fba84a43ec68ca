import type { MediaServer } from '../voice/media-server.ts';
import type { SentLog } from '../sent-log.ts';
import type { Speaker } from './speaker.ts';
import { FRAME_MS } from './speech-source.ts';

/** The conversation ends after this time without a receiver, and begins anew for the next one. */
const GRACE_MS = 5000;
/** A talker that is further behind than this (the computer slept) skips to the present frame. */
const MOST_BEHIND_MS = 2000;

interface Talker {
  readonly speaker: Speaker;
  /** When in each 20 ms the speaker sends: 0 to 20, another one for each speaker. */
  readonly phaseMs: number;
  nextFrame: number;
}

/**
 * Lets all speakers talk on one clock, from the first receiver on, in a loop. Frame n is due n × 20 ms after the start,
 * however late a timer was before it.
 */
export class Conversation {
  readonly #media: MediaServer;
  readonly #log: SentLog;
  readonly #talkers = new Map<string, Talker>();
  /** Replaced speakers that still send their last silence frames. */
  readonly #ending = new Set<Talker>();
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

  /** The speaker talks from the present frame on; replaces an earlier speaker of the same user. */
  add(speaker: Speaker, phaseMs: number): void {
    const nextFrame = this.#frameAt(performance.now());
    this.#talkers.set(speaker.options.userId, { speaker, phaseMs, nextFrame });
  }

  /** The user's earlier speaker falls silent, and this one goes on in its place from the same frame. */
  replace(speaker: Speaker): void {
    const { userId } = speaker.options;
    const old = this.#talkers.get(userId);
    if (old === undefined) return;
    old.speaker.speaks = false;
    this.#ending.add(old);
    const { phaseMs, nextFrame } = old;
    this.#talkers.set(userId, { speaker, phaseMs, nextFrame });
  }

  remove(userId: string): void {
    this.#talkers.delete(userId);
    for (const old of this.#ending) {
      if (old.speaker.options.userId === userId) this.#ending.delete(old);
    }
  }

  /** Starts the clock, unless it runs or there is no receiver. */
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
    for (const old of this.#ending) {
      this.#speak(old, nowMs - this.#startedAtMs);
      if (!old.speaker.isClosing) this.#ending.delete(old);
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
