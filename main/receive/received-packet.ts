import type { Arrival } from '../rtp/arrival.ts';
import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';

/** A packet that passed the transport's decryption, with everything that a stream needs to take it. */
export interface ReceivedPacket {
  readonly ssrc: number;
  /** 16 bits, as on the wire. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  /** Without header, extension and padding; empty when the packet carried none. */
  readonly payload: Uint8Array;
  /** The Opus packet in `payload` when a trial of keys has opened it already, which can be done once; else null. */
  readonly opus: Uint8Array | null;
  /** Version of the call's end-to-end encryption when the packet arrived; 0 for none. */
  readonly version: number;
  readonly arrival: Arrival;
}
