import { Held, heldBytesOf } from './held.ts';
import type { ReceivedPacket } from './received-packet.ts';

/** How long packets wait for the name of their SSRC. */
const NAME_WAIT_MS = 10_000;

/** Bytes of all packets that wait for a name: 17 speakers at the highest bitrate, 512 kbit/s, for the whole 10 s. */
const MOST_HELD_BYTES = 12 * 1024 * 1024;

/** SSRCs that may wait for a name at a time: more than any call has speakers, few enough to try keys on all of them. */
const MOST_SSRCS = 512;

/** How many packets of an SSRC, the newest that wait, are tried when keys change. */
const NEWEST = 3;

/**
 * Least time between two trials of one SSRC's frames with everyone's keys: a key that fits opens the first frame it is
 * tried on.
 */
const TRIAL_EVERY_MS = 100;

/**
 * Packets of SSRCs that nobody has been named for: held in memory, within bounds on time, bytes and number of SSRCs.
 */
export class UnnamedPackets {
  readonly #bySsrc = new Map<number, Held<ReceivedPacket>>();
  readonly #triedAtMs = new Map<number, number>();
  #bytes = 0;

  /** Keeps a packet until its SSRC is named. False when a bound is reached: the packet is then the caller's to count. */
  hold(packet: ReceivedPacket): boolean {
    const bytes = heldBytesOf(packet);
    if (this.#bytes + bytes > MOST_HELD_BYTES) return false;
    let held = this.#bySsrc.get(packet.ssrc);
    if (held === undefined) {
      if (this.#bySsrc.size >= MOST_SSRCS) return false;
      held = new Held();
      this.#bySsrc.set(packet.ssrc, held);
    }
    held.hold(packet);
    this.#bytes += bytes;
    return true;
  }

  /** Keeps the Opus packet that a trial found in `packet`, which waits; in the oldest when copies of it wait. */
  opened(packet: ReceivedPacket, opus: Uint8Array): void {
    this.#bySsrc.get(packet.ssrc)?.replace(
      (held) => isCopy(held, packet),
      (held) => ({ ...held, opus }),
    );
  }

  /** The newest 3 packets that wait for a name of this SSRC, in order of arrival. */
  newest(ssrc: number): readonly ReceivedPacket[] {
    return this.#bySsrc.get(ssrc)?.packets.slice(-NEWEST) ?? [];
  }

  /** Whether a trial of this SSRC's frames is due, 100 ms after the last one. True counts as a trial. */
  mayTry(ssrc: number, nowMs: number): boolean {
    if (nowMs - (this.#triedAtMs.get(ssrc) ?? -Infinity) < TRIAL_EVERY_MS) return false;
    this.#triedAtMs.set(ssrc, nowMs);
    return true;
  }

  /** Takes out every packet of this SSRC, in order of arrival. */
  take(ssrc: number): readonly ReceivedPacket[] {
    return this.takeOverdue(ssrc, Infinity);
  }

  /** Takes out the packets of this SSRC that have waited 10 s; every packet when `nowMs` is `Infinity`. */
  takeOverdue(ssrc: number, nowMs: number): readonly ReceivedPacket[] {
    const held = this.#bySsrc.get(ssrc);
    if (held === undefined) return [];
    const before = held.bytes;
    const taken = held.takeOverdue(NAME_WAIT_MS, nowMs);
    this.#bytes -= before - held.bytes;
    if (held.packets.length === 0) {
      this.#bySsrc.delete(ssrc);
      this.#triedAtMs.delete(ssrc);
    }
    return taken;
  }

  /** SSRCs whose oldest packet has waited 10 s. */
  overdue(nowMs: number): readonly number[] {
    if (this.#bySsrc.size === 0) return [];
    return [...this.#bySsrc]
      .filter(
        ([
          ,
          {
            packets: [first],
          },
        ]) => {
          return first !== undefined && nowMs - first.arrival.latestMs >= NAME_WAIT_MS;
        },
      )
      .map(([ssrc]) => ssrc);
  }

  ssrcs(): readonly number[] {
    return [...this.#bySsrc.keys()];
  }
}

/** Whether the network made one of two packets of an SSRC from the other. A sender that counts anew repeats numbers. */
function isCopy(one: ReceivedPacket, other: ReceivedPacket): boolean {
  const isSameNumber = one.sequence === other.sequence && one.timestamp === other.timestamp;
  return isSameNumber && Buffer.compare(one.payload, other.payload) === 0;
}
