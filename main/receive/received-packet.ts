import type { Arrival } from '../rtp/arrival.ts';
import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';

/** An RTP packet that the transport's key opened. */
export interface ReceivedPacket {
  readonly ssrc: number;
  /** 16 bits, as on the wire. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  /** Without header, extension and padding; empty when the packet carried none. */
  readonly payload: Uint8Array;
  /** The Opus packet in `payload`, when a trial of keys opened it: a frame opens only once. Else null. */
  readonly opus: Uint8Array | null;
  /** Version of the call's end-to-end encryption when the packet arrived; 0 for none. */
  readonly version: number;
  readonly arrival: Arrival;
}

/** A packet without what it carries. */
export type PacketFacts = Pick<ReceivedPacket, 'ssrc' | 'sequence' | 'timestamp' | 'arrival'>;

export function factsOf({ ssrc, sequence, timestamp, arrival }: PacketFacts): PacketFacts {
  return { ssrc, sequence, timestamp, arrival };
}
