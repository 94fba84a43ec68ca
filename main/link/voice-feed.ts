import type { Snowflake } from '../base/snowflake.ts';
import type { E2eeState } from '../dave/dave-session.ts';
import type { VoiceError } from '../voice/voice-error.ts';
import type { VoiceHandlers } from '../voice/voice-handlers.ts';

/** Where a voice connection's news goes once the recording is ready for it. */
export interface FeedTarget {
  receive(datagram: Uint8Array, arrivedAtMs: number): void;
  name(ssrc: number, userId: Snowflake): void;
  e2eeChanged(state: E2eeState): void;
  keysChanged(): void;
  voiceChanged(state: 'resuming' | 'resumed'): void;
  voiceClosed(error: VoiceError): void;
}

/** More than any call has speakers; what is named first is forgotten first. */
const MOST_NAMES = 4_096;

/**
 * Between one voice connection and the session. Before `attach`, names and an early end are kept and packets are not,
 * since sample 0 has not come; after `detach`, late news of a connection that is no longer ours goes nowhere.
 */
export class VoiceFeed implements VoiceHandlers {
  readonly #names = new Map<number, Snowflake>();
  #target: FeedTarget | null = null;
  #ended: VoiceError | null = null;

  /** Why the connection is over; null while it is not. */
  get ended(): VoiceError | null {
    return this.#ended;
  }

  attach(target: FeedTarget): void {
    this.#target = target;
    for (const [ssrc, userId] of this.#names) target.name(ssrc, userId);
    if (this.#ended !== null) target.voiceClosed(this.#ended);
  }

  detach(): void {
    this.#target = null;
  }

  onDatagram(datagram: Uint8Array, arrivedAtMs: number): void {
    this.#target?.receive(datagram, arrivedAtMs);
  }

  onSpeaking({ ssrc, userId }: { readonly ssrc: number; readonly userId: Snowflake }): void {
    this.#names.set(ssrc, userId);
    const [first] = this.#names.keys();
    if (this.#names.size > MOST_NAMES && first !== undefined) this.#names.delete(first);
    this.#target?.name(ssrc, userId);
  }

  // Who is in the channel comes from the main gateway, which also knows their names.
  onClientsConnect(): void {}
  onClientDisconnect(): void {}

  onE2ee(state: E2eeState): void {
    this.#target?.e2eeChanged(state);
  }

  onKeys(): void {
    this.#target?.keysChanged();
  }

  onResuming(): void {
    this.#target?.voiceChanged('resuming');
  }

  onResumed(): void {
    this.#target?.voiceChanged('resumed');
  }

  onClosed(error: VoiceError): void {
    this.#ended = error;
    this.#target?.voiceClosed(error);
  }
}
