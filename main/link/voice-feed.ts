import type { Snowflake } from '../base/snowflake.ts';
import type { E2eeState } from '../dave/dave-state.ts';
import type { MediaKind, MediaSink } from '../rtp/media-sink.ts';
import type { VoiceControl } from '../voice/voice-control.ts';
import type { VoiceError } from '../voice/voice-error.ts';

/** More names than any call has speakers; the oldest name is forgotten first. */
const MOST_NAMES = 4_096;

/** Who takes the two planes of a voice connection. */
export interface FeedTargets {
  readonly media: MediaSink;
  readonly control: VoiceControl;
}

/**
 * The gate between one voice connection and the recording. Before `attach`, names and an early end are kept and packets
 * are dropped, since sample 0 has not come; after `detach`, everything is dropped.
 */
export class VoiceFeed implements MediaSink, VoiceControl {
  readonly #names = new Map<number, Snowflake>();
  #media: MediaSink | null = null;
  #control: VoiceControl | null = null;
  #ended: VoiceError | null = null;

  /** Why the connection is over; null while it is not. */
  get ended(): VoiceError | null {
    return this.#ended;
  }

  /** Opens the gate: hands on the names that were kept, and an end that has come already. */
  attach({ media, control }: FeedTargets): void {
    this.#media = media;
    this.#control = control;
    for (const [ssrc, userId] of this.#names) media.name(ssrc, userId);
    if (this.#ended !== null) control.onClosed(this.#ended);
  }

  detach(): void {
    this.#media = null;
    this.#control = null;
  }

  receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void {
    this.#media?.receive(datagram, kind, arrivedAtMs);
  }

  name(ssrc: number, userId: Snowflake): void {
    this.#names.set(ssrc, userId);
    const [first] = this.#names.keys();
    if (this.#names.size > MOST_NAMES && first !== undefined) this.#names.delete(first);
    this.#media?.name(ssrc, userId);
  }

  keysChanged(nowMs: number): void {
    this.#media?.keysChanged(nowMs);
  }

  onE2ee(state: E2eeState): void {
    this.#control?.onE2ee(state);
  }

  onResuming(): void {
    this.#control?.onResuming();
  }

  onResumed(): void {
    this.#control?.onResumed();
  }

  onClosed(error: VoiceError): void {
    this.#ended = error;
    this.#control?.onClosed(error);
  }
}
