import type { Clock } from '../base/clock.ts';
import type { RtpFields } from '../rtp/rtp-writer.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import { createTransportCipher } from '../rtp/transport-cipher.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';
import type { TransportMode } from '../rtp/transport-modes.ts';
import { Openings } from '../base/openings.ts';

/** How long packets that were sealed with the key of before may still arrive. */
const OLD_KEY_MS = 10_000;

/** A mode and the 32 bytes of Session Description (op 4). */
export interface TransportKey {
  readonly mode: TransportMode;
  readonly key: Uint8Array;
}

/** The transport's cipher of one voice session, through every Session Description: each may bring another key. */
export class SessionCipher implements TransportCipher {
  /** What the keys opened so far, and what they did not. */
  readonly openings: Openings;
  readonly #clock: Clock;
  #newest: TransportKey;
  #cipher: TransportCipher;
  #before: { readonly cipher: TransportCipher; readonly untilMs: number } | null = null;

  constructor(newest: TransportKey, clock: Clock) {
    this.openings = new Openings(clock);
    this.#clock = clock;
    this.#newest = newest;
    this.#cipher = createTransportCipher(newest.mode, newest.key);
  }

  get mode(): TransportMode {
    return this.#newest.mode;
  }

  /** Seals with that key from here on; the key of before opens for 10 s more. False when it is the key in use. */
  rekey(next: TransportKey): boolean {
    const { mode, key } = this.#newest;
    if (next.mode === mode && Buffer.compare(next.key, key) === 0) return false;
    this.#before = { cipher: this.#cipher, untilMs: this.#clock.monotonicMs() + OLD_KEY_MS };
    this.#newest = next;
    this.#cipher = createTransportCipher(next.mode, next.key);
    return true;
  }

  open(packet: RtpPacket): Uint8Array | null {
    return this.openings.note(this.#cipher.open(packet) ?? this.#openLate(packet));
  }

  seal(fields: RtpFields, payload: Uint8Array): Uint8Array {
    return this.#cipher.seal(fields, payload);
  }

  sealRtcp(clear8: Uint8Array, body: Uint8Array): Uint8Array {
    return this.#cipher.sealRtcp(clear8, body);
  }

  #openLate(packet: RtpPacket): Uint8Array | null {
    if (this.#before === null) return null;
    if (this.#clock.monotonicMs() <= this.#before.untilMs) return this.#before.cipher.open(packet);
    this.#before = null;
    return null;
  }
}
