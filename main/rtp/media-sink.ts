import type { Snowflake } from '../base/snowflake.ts';
import type { DatagramKind } from './classify-datagram.ts';

/** `rtp`, or `unknown` for a datagram from the voice server that is nothing we know. */
export type MediaKind = Extract<DatagramKind, 'rtp' | 'unknown'>;

/**
 * Takes the media of a voice connection: three pieces of news that go straight from the connection to the packets.
 * Nothing here throws, and nothing is called once the connection's `close()` was. Times are monotonic.
 */
export interface MediaSink {
  /** One datagram of the voice server. The bytes are the sink's own; `arrivedAtMs` was read first thing. */
  receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void;
  /** Whose packets an SSRC carries, from op 5 or op 12; says nothing of whether anyone talks. */
  name(ssrc: number, userId: Snowflake): void;
  /** Frames that end-to-end decryption refused may open from here on. */
  keysChanged(nowMs: number): void;
}
