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
  /** Null before `attach` and after `detach`. */
  #targets: FeedTargets | null = null;
  #ended: VoiceError | null = null;

  /** Why the connection is over; null while it is not. */
  get ended(): VoiceError | null {
    return this.#ended;
  }

  /** Opens the gate: hands on the names that were kept, and an end that has come already. */
  attach(targets: FeedTargets): void {
    const { media, control } = targets;
    this.#targets = targets;
    for (const [ssrc, userId] of this.#names) media.name(ssrc, userId);
    if (this.#ended !== null) control.onClosed(this.#ended);
  }

  detach(): void {
    this.#targets = null;
  }

  receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void {
    this.#targets?.media.receive(datagram, kind, arrivedAtMs);
  }

  name(ssrc: number, userId: Snowflake): void {
    this.#names.set(ssrc, userId);
    const [first] = this.#names.keys();
    if (this.#names.size > MOST_NAMES && first !== undefined) this.#names.delete(first);
    this.#targets?.media.name(ssrc, userId);
  }

  keysChanged(nowMs: number): void {
    this.#targets?.media.keysChanged(nowMs);
  }

  onE2ee(state: E2eeState): void {
    this.#targets?.control.onE2ee(state);
  }

  onResuming(): void {
    this.#targets?.control.onResuming();
  }

  onResumed(): void {
    this.#targets?.control.onResumed();
  }

  onClosed(error: VoiceError): void {
    this.#ended = error;
    this.#targets?.control.onClosed(error);
  }
}
