import type { Arrival } from '../rtp/arrival.ts';

/** Counted for each packet beside its payload, so that a flood of empty packets is bounded too. */
const OVERHEAD_BYTES = 128;

export interface Holdable {
  readonly payload: Uint8Array;
  readonly arrival: Arrival;
}

const NOTHING: readonly never[] = [];

/** What a packet takes of the memory that may be held. */
export function heldBytesOf({ payload }: Holdable): number {
  return payload.byteLength + OVERHEAD_BYTES;
}

/** Packets that wait, in order of arrival. How long and how many they may be is for the owner to say. */
export class Held<Packet extends Holdable> {
  #packets: Packet[] = [];
  #bytes = 0;

  /** By `heldBytesOf`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Oldest first. */
  get packets(): readonly Packet[] {
    return this.#packets;
  }

  hold(packet: Packet): void {
    this.#packets.push(packet);
    this.#bytes += heldBytesOf(packet);
  }

  /** Takes out the oldest packets until no more than `mostBytes` are held. */
  takeAbove(mostBytes: number): readonly Packet[] {
    let count = 0;
    for (let over = this.#bytes - mostBytes; over > 0; count += 1) {
      const oldest = this.#packets[count];
      if (oldest === undefined) break;
      over -= heldBytesOf(oldest);
    }
    return this.#takeFirst(count);
  }

  /** Takes out what has waited `waitMs` or longer; everything when `nowMs` is `Infinity`. */
  takeOverdue(waitMs: number, nowMs: number): readonly Packet[] {
    const fresh = this.#packets.findIndex(({ arrival }) => nowMs - arrival.latestMs < waitMs);
    return this.#takeFirst(fresh < 0 ? this.#packets.length : fresh);
  }

  /** Offers each packet to `open`, oldest first, and takes out those of which it says `taken`. */
  offer(open: (packet: Packet) => 'taken' | 'waits'): void {
    const offered = this.#packets;
    const waiting: Packet[] = [];
    let count = 0;
    try {
      for (const packet of offered) {
        if (open(packet) === 'waits') waiting.push(packet);
        count += 1;
      }
    } finally {
      // Should `open` throw, that packet and those behind it wait on.
      this.#packets = [...waiting, ...offered.slice(count)];
      this.#bytes = this.#packets.reduce((sum, packet) => sum + heldBytesOf(packet), 0);
    }
  }

  /** Puts `next`, of the same payload, in the place of the oldest packet that `isMeant` picks. */
  replace(isMeant: (packet: Packet) => boolean, next: (packet: Packet) => Packet): void {
    const at = this.#packets.findIndex(isMeant);
    const packet = this.#packets[at];
    if (packet !== undefined) this.#packets[at] = next(packet);
  }

  #takeFirst(count: number): readonly Packet[] {
    if (count === 0) return NOTHING;
    const taken = this.#packets.splice(0, count);
    for (const packet of taken) this.#bytes -= heldBytesOf(packet);
    return taken;
  }
}
