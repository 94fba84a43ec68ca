import { randomInt } from 'node:crypto';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { advanceTimestamp } from '../rtp/sequence.ts';
import { toRtpTimestamp } from '../rtp/rtp-timestamp.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';

/** A pause longer than this moves the RTP clock on as the official clients do: it counts wall time, silence included. */
const PAUSE_MS = 200;

/** Makes an RTP stream of our own Opus packets: one sequence, one clock, both from a random start (RFC 3550 §5.1). */
export class RtpSender {
  readonly #ssrc: number;
  readonly #cipher: TransportCipher;
  #sequence = randomInt(0x1_0000);
  #timestamp = toRtpTimestamp(randomInt(0x1_0000_0000));
  #dueAtMs: number | null = null;

  constructor(stream: { readonly ssrc: number; readonly cipher: TransportCipher }) {
    this.#ssrc = stream.ssrc;
    this.#cipher = stream.cipher;
  }

  /** The datagram for the next Opus packet, of `durationSamples` at 48 kHz, sent at `nowMs` (monotonic). */
  seal(
    packet: { readonly opus: Uint8Array; readonly durationSamples: number },
    nowMs: number,
  ): Uint8Array {
    const pausedMs = this.#dueAtMs === null ? 0 : nowMs - this.#dueAtMs;
    if (pausedMs > PAUSE_MS) {
      this.#timestamp = advanceTimestamp(this.#timestamp, Math.round(pausedMs) * SAMPLES_PER_MS);
      this.#dueAtMs = nowMs;
    }
    const datagram = this.#cipher.seal(
      { sequence: this.#sequence, timestamp: this.#timestamp, ssrc: this.#ssrc },
      packet.opus,
    );
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = advanceTimestamp(this.#timestamp, packet.durationSamples);
    this.#dueAtMs = (this.#dueAtMs ?? nowMs) + packet.durationSamples / SAMPLES_PER_MS;
    return datagram;
  }
}
