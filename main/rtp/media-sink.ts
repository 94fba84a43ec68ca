import type { Snowflake } from '../base/snowflake.ts';
import type { DatagramKind } from './classify-datagram.ts';

/** `rtp`, or `unknown` for a datagram from the voice server that is nothing we know. */
export type MediaKind = Extract<DatagramKind, 'rtp' | 'unknown'>;

/**
 * Takes the media of a voice connection, straight from the connection: datagrams, names of SSRCs, changes of keys.
 * Nothing here throws, and nothing is called after the connection's `close()`. Times are monotonic.
 */
export interface MediaSink {
  /**
   * One datagram of the voice server, for the sink to keep; `arrivedAtMs` was read as soon as the socket gave the
   * datagram.
   */
  receive(datagram: Uint8Array, kind: MediaKind, arrivedAtMs: number): void;
  /** Names the person whose packets an SSRC carries (op 5 or op 12); says nothing of whether anyone talks. */
  name(ssrc: number, userId: Snowflake): void;
  /**
   * A connection of that person to the voice server is over (op 13): SSRCs that were named for it may be given to
   * somebody else. Its last packets may still be on their way.
   */
  left(userId: Snowflake): void;
  /** Keys changed: frames that end-to-end decryption refused may open from here on. */
  keysChanged(nowMs: number): void;
}
