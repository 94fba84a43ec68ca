import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/wait.ts';
import { noticeClip, type Clip } from './notice-clip.ts';

/** The voice session through which a notice is heard. */
export interface SoundingVoice {
  /** Op 5: `microphone` before sound, `silent` after it. */
  setSpeaking(speaking: 'microphone' | 'silent'): void;
  /** False, and nothing sent, while there are no keys. */
  sendOpus(opus: Uint8Array, durationSamples: number): boolean;
}

const PACKET_SAMPLES = 960;
const PACKET_MS = 20;

/** Plays the notice into one voice session after the other, one packet every 20 ms. */
export class NoticeSound {
  readonly #clock: Clock;
  readonly #clip: () => Clip;
  #endsAtMs = -Infinity;

  constructor(clock: Clock, clip: () => Clip = noticeClip) {
    this.#clock = clock;
    this.#clip = clip;
  }

  /** When the sound ended that was begun last, or will end; monotonic. -Infinity before the first. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /**
   * Begins as soon as the session has keys, and resolves when the first packet is on its way; the rest follows until
   * `signal` aborts. Rejects with the signal's reason when it aborts before.
   */
  async begin(voice: SoundingVoice, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const [first, ...rest] = this.#clip();
    if (first === undefined) throw new Error('the sound of the notice is empty');
    voice.setSpeaking('microphone');
    try {
      while (!voice.sendOpus(first, PACKET_SAMPLES)) await sleep(PACKET_MS, signal);
    } catch (error) {
      voice.setSpeaking('silent');
      throw error;
    }
    const beganAtMs = this.#clock.monotonicMs();
    this.#endsAtMs = beganAtMs + rest.length * PACKET_MS;
    void this.#goOn(voice, { rest, beganAtMs }, signal).finally(() => voice.setSpeaking('silent'));
  }

  /** Packets go by the clock, so that a late timer is made up for. Ends early, without an error, when `signal` aborts. */
  async #goOn(
    voice: SoundingVoice,
    { rest, beganAtMs }: { readonly rest: Clip; readonly beganAtMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    for (const [index, packet] of rest.entries()) {
      const dueAtMs = beganAtMs + (index + 1) * PACKET_MS;
      const waitMs = dueAtMs - this.#clock.monotonicMs();
      if (waitMs > 0 && !(await slept(waitMs, signal))) return;
      voice.sendOpus(packet, PACKET_SAMPLES);
    }
  }
}

/** False when the signal aborted first. */
function slept(delayMs: number, signal: AbortSignal): Promise<boolean> {
  return sleep(delayMs, signal).then(
    () => true,
    () => false,
  );
}
