import { sequenceDistance } from '../rtp/sequence.ts';

/**
 * The newest number received from the voice gateway: what `seq_ack` says. One counter for JSON and binary messages
 * (16 bits there, so numbers are compared modulo 65536), kept across the sockets of one session.
 */
export class ReceivedSeq {
  #newest = -1;

  /** -1 before the first numbered message. */
  get newest(): number {
    return this.#newest;
  }

  /** Takes a message's number; one that is older than the newest (Discord may send them out of order) changes nothing. */
  take(seq: number): void {
    if (this.#newest === -1 || sequenceDistance(seq & 0xffff, this.#newest & 0xffff) > 0)
      this.#newest = seq;
  }
}
