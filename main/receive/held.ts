import type { Arrival } from '../rtp/arrival.ts';

/** Counted for each packet beside its payload: a flood of packets without payload is bounded too. */
const OVERHEAD_BYTES = 128;

/** A packet that can be held: its payload is what takes memory, its arrival says how long it has waited. */
export interface Holdable {
  readonly payload: Uint8Array;
  readonly arrival: Arrival;
}

const NOTHING: readonly never[] = [];

/** Bytes that a packet counts for in a bound on memory: its payload and 128 for the rest. */
export function heldBytesOf({ payload }: Holdable): number {
  return payload.byteLength + OVERHEAD_BYTES;
}

/** Packets that wait, in order of arrival. The owner sets the bounds: `takeAbove` for bytes, `takeOverdue` for time. */
export class Held<Packet extends Holdable> {
  #packets: Packet[] = [];
  #bytes = 0;

  /** Sum of `heldBytesOf` over the packets. */
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

  /**
   * Takes out the packets that have waited `waitMs` or longer, by `arrival.latestMs`; every packet when `nowMs` is
   * `Infinity`.
   */
  takeOverdue(waitMs: number, nowMs: number): readonly Packet[] {
    const fresh = this.#packets.findIndex(({ arrival }) => nowMs - arrival.latestMs < waitMs);
    return this.#takeFirst(fresh < 0 ? this.#packets.length : fresh);
  }

  /** Offers each packet to `open`, oldest first, and takes out those for which `open` returns `taken`. */
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
      // When `open` throws, its packet and those behind it go on waiting.
      this.#packets = [...waiting, ...offered.slice(count)];
      this.#bytes = this.#packets.reduce((sum, packet) => sum + heldBytesOf(packet), 0);
    }
  }

  /** Replaces the oldest packet that `isMeant` picks by `next(packet)`, whose payload must be the same. */
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
