import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';

/** A frame of one SSRC that is counted once and keeps its place, but cannot be decrypted yet. */
export interface WaitingFrame {
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  /** As it was sent, without header, extension and padding. */
  readonly payload: Uint8Array;
  /** On the monotonic clock, when it was read; it arrived no later, … */
  readonly arrivedAtMs: number;
  /** … and no earlier than this. */
  readonly earliestAtMs: number;
}

/** A key follows its first frames within a round trip; Discord's limit for a transition is about 2 s. */
const KEY_WAIT_MS = 2_000;

/** 2 s at the highest bitrate, 512 kb/s, and as much again. */
const MOST_HELD_BYTES = 256 * 1024;

/** Counted for each frame beside its payload, so that a flood of tiny ones is bounded too. */
const OVERHEAD_BYTES = 128;

/** Frames of one SSRC that came before their key: held in memory, bounded in time and bytes, in order of arrival. */
export class WaitingFrames {
  #held: WaitingFrame[] = [];
  #heldBytes = 0;

  /** Keeps a frame. Gives those that have to go to make room for it, oldest first; nearly always none. */
  hold(frame: WaitingFrame): readonly WaitingFrame[] {
    this.#held.push(frame);
    this.#heldBytes += cost(frame);
    let count = 0;
    for (let over = this.#heldBytes - MOST_HELD_BYTES; over > 0; count += 1) {
      const oldest = this.#held[count];
      if (oldest === undefined) break;
      over -= cost(oldest);
    }
    return this.#dropFirst(count);
  }

  /** Offers each to `open`; those that it takes wait no longer. */
  retry(open: (frame: WaitingFrame) => 'taken' | 'waits'): void {
    if (this.#held.length === 0) return;
    this.#held = this.#held.filter((frame) => open(frame) === 'waits');
    this.#heldBytes = this.#held.reduce((sum, frame) => sum + cost(frame), 0);
  }

  /** Those that have waited their time; they no longer wait. All of them at `Infinity`. */
  overdue(nowMs: number): readonly WaitingFrame[] {
    const fresh = this.#held.findIndex(({ arrivedAtMs }) => nowMs - arrivedAtMs < KEY_WAIT_MS);
    return this.#dropFirst(fresh < 0 ? this.#held.length : fresh);
  }

  #dropFirst(count: number): readonly WaitingFrame[] {
    if (count === 0) return NOTHING;
    const dropped = this.#held.splice(0, count);
    for (const frame of dropped) this.#heldBytes -= cost(frame);
    return dropped;
  }
}

const NOTHING: readonly WaitingFrame[] = [];

function cost({ payload }: WaitingFrame): number {
  return payload.byteLength + OVERHEAD_BYTES;
}
