import type { Snowflake } from '../base/snowflake.ts';
import type { E2eeState } from '../dave/dave-state.ts';
import type { MediaKind, MediaSink } from '../rtp/media-sink.ts';
import { SsrcNames } from '../rtp/ssrc-names.ts';
import type { VoiceControl } from '../voice/voice-control.ts';
import type { VoiceError } from '../voice/voice-error.ts';

/** Bytes kept while it is not known whether they may be heard: 5 s of 40 speakers at Discord's highest bitrate. */
const MOST_HELD_BYTES = 12 * 1024 * 1024;

interface HeldDatagram {
  readonly datagram: Uint8Array;
  readonly kind: MediaKind;
  readonly arrivedAtMs: number;
}

/** Who takes the two planes of a voice connection. */
export interface FeedTargets {
  readonly media: MediaSink;
  readonly control: VoiceControl;
}

/**
 * The gate between one voice connection and the recording. Before `attach`, names and an early end are kept, and packets
 * are dropped unless `hold` was asked for; after `detach`, everything is dropped.
 */
export class VoiceFeed implements MediaSink, VoiceControl {
  readonly #names = new SsrcNames();
  /** Null before `attach` and after `detach`. */
  #targets: FeedTargets | null = null;
  #ended: VoiceError | null = null;
  /** Null unless packets are kept. */
  #held: HeldDatagram[] | null = null;
  #heldBytes = 0;

  /** Why the connection is over; null while it is not. */
  get ended(): VoiceError | null {
    return this.#ended;
  }

  /** Keeps packets until `attach`, within a bound on bytes, or until `forget`. */
  hold(): void {
    this.#held = [];
  }

  get isHolding(): boolean {
    return this.#held !== null;
  }

  /** Drops what is kept, and what comes until `attach`. */
  forget(): void {
    this.#held = null;
    this.#heldBytes = 0;
  }

  /** Opens the gate: hands on the names and packets that were kept, and an end that has come already. */
  attach(targets: FeedTargets): void {
    const { media, control } = targets;
    this.#targets = targets;
    for (const [ssrc, userId] of this.#names.all()) media.name(ssrc, userId);
    for (const { datagram, kind, arrivedAtMs } of this.#held ?? [])
      media.receive(datagram, kind, arrivedAtMs);
    this.forget();
    if (this.#ended !== null) control.onClosed(this.#ended);
  }

  detach(): void {
    this.#targets = null;
    this.forget();
  }

  receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void {
    if (this.#targets !== null) return this.#targets.media.receive(datagram, kind, arrivedAtMs);
    if (this.#held === null || this.#heldBytes + datagram.byteLength > MOST_HELD_BYTES) return;
    this.#held.push({ datagram, kind, arrivedAtMs });
    this.#heldBytes += datagram.byteLength;
  }

  name(ssrc: number, userId: Snowflake): void {
    this.#names.name(ssrc, userId);
    this.#targets?.media.name(ssrc, userId);
  }

  left(userId: Snowflake): void {
    this.#names.left(userId);
    this.#targets?.media.left(userId);
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
