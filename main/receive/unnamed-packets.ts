import { Held, heldBytesOf } from './held.ts';
import type { ReceivedPacket } from './received-packet.ts';

/** How long packets wait for the name of their SSRC. */
const NAME_WAIT_MS = 10_000;

/** What may wait for names in all: 25 unnamed speakers at the highest bitrate for the whole 10 s. */
const MOST_HELD_BYTES = 12 * 1024 * 1024;

/** SSRCs that may wait for a name at a time: more than any call has speakers, few enough to try keys on all of them. */
const MOST_SSRCS = 512;

/** Of the packets of one SSRC that wait, so many are tried when keys change. */
const NEWEST = 3;

/** How often one SSRC's frames are tried with people's keys: a key that fits shows at the first try. */
const TRIAL_EVERY_MS = 100;

/** Packets of SSRCs that nobody has been named for: held in memory, bounded in time, bytes and number of SSRCs. */
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

  /** Keeps the Opus packet that a trial found in a packet that waits; of copies of one number, with the first. */
  opened(ssrc: number, sequence: number, opus: Uint8Array): void {
    this.#bySsrc.get(ssrc)?.replace(
      (packet) => packet.sequence === sequence,
      (packet) => ({ ...packet, opus }),
    );
  }

  /** The newest 3 that wait for this SSRC, in order of arrival. */
  newest(ssrc: number): readonly ReceivedPacket[] {
    return this.#bySsrc.get(ssrc)?.packets.slice(-NEWEST) ?? [];
  }

  /** Whether the last trial of this SSRC's keys is 100 ms ago. To be asked once for each trial. */
  mayTry(ssrc: number, nowMs: number): boolean {
    if (nowMs - (this.#triedAtMs.get(ssrc) ?? -Infinity) < TRIAL_EVERY_MS) return false;
    this.#triedAtMs.set(ssrc, nowMs);
    return true;
  }

  /** Takes out all that waits for this SSRC, in order of arrival. */
  take(ssrc: number): readonly ReceivedPacket[] {
    return this.takeOverdue(ssrc, Infinity);
  }

  /** Takes out what has waited 10 s for this SSRC's name; everything when `nowMs` is `Infinity`. */
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
