import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';

/** A packet that passed the transport, with everything the path needs to take it up again. */
export interface Arrival {
  readonly ssrc: number;
  /** 16 bits, as on the wire. */
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  /** Without header, extension and padding; empty when it carried none. */
  readonly payload: Uint8Array;
  /** Decrypted from end to end, which can be done once; null where it has not been. */
  readonly opus: Uint8Array | null;
  /** Of the call's end-to-end encryption when it came. */
  readonly version: number;
  /** On the monotonic clock, when it was read; it arrived no later, … */
  readonly arrivedAtMs: number;
  /** … and no earlier than this. */
  readonly earliestAtMs: number;
}

/** How long packets wait for the name of their SSRC. */
const NAME_WAIT_MS = 10_000;

/** What may wait for names in all: 25 unnamed speakers at the highest bitrate for the whole time. */
const MOST_HELD_BYTES = 12 * 1024 * 1024;

/** Voices that may wait for a name at a time: more than any call has speakers, few enough to try keys on all of them. */
const MOST_SSRCS = 512;

/** Counted for each packet beside its payload, so that a flood of empty ones is bounded too. */
const OVERHEAD_BYTES = 128;

/** Of what waits, so many are tried when keys change. */
const NEWEST = 3;

/** How often one SSRC's frames are tried with people's keys: a key that fits shows at the first try. */
const TRIAL_EVERY_MS = 100;

/** Packets of SSRCs that nobody has been named for: held in memory, bounded in time and bytes. */
export class Unnamed {
  readonly #held = new Map<number, Arrival[]>();
  readonly #triedAtMs = new Map<number, number>();
  #heldBytes = 0;

  /** Keeps a packet until its SSRC is named. False when the bound is reached: it is then the caller's to count. */
  hold(arrival: Arrival): boolean {
    const cost = arrival.payload.byteLength + OVERHEAD_BYTES;
    if (this.#heldBytes + cost > MOST_HELD_BYTES) return false;
    const held = this.#held.get(arrival.ssrc);
    if (held === undefined && this.#held.size >= MOST_SSRCS) return false;
    if (held === undefined) this.#held.set(arrival.ssrc, [arrival]);
    else held.push(arrival);
    this.#heldBytes += cost;
    return true;
  }

  /** What was found inside one that waits. */
  opened(ssrc: number, sequence: number, opus: Uint8Array): void {
    const held = this.#held.get(ssrc) ?? [];
    const at = held.findIndex((arrival) => arrival.sequence === sequence); // of copies the first one counts
    const arrival = held[at];
    if (arrival !== undefined) held[at] = { ...arrival, opus };
  }

  /** The newest few that wait for this SSRC, in order of arrival. */
  newest(ssrc: number): readonly Arrival[] {
    return this.#held.get(ssrc)?.slice(-NEWEST) ?? [];
  }

  /** Whether it is time to try whose key fits. Asked once for each try. */
  mayTry(ssrc: number, nowMs: number): boolean {
    if (nowMs - (this.#triedAtMs.get(ssrc) ?? -Infinity) < TRIAL_EVERY_MS) return false;
    this.#triedAtMs.set(ssrc, nowMs);
    return true;
  }

  /** All that waits for this SSRC, in order of arrival; it no longer waits then. */
  take(ssrc: number): readonly Arrival[] {
    const held = this.#held.get(ssrc) ?? [];
    this.#held.delete(ssrc);
    this.#triedAtMs.delete(ssrc);
    for (const { payload } of held) this.#heldBytes -= payload.byteLength + OVERHEAD_BYTES;
    return held;
  }

  /** Those that have waited their time; they no longer wait. All of them at `Infinity`. */
  takeOverdue(ssrc: number, nowMs: number): readonly Arrival[] {
    const held = this.take(ssrc);
    const fresh = held.findIndex(({ arrivedAtMs }) => nowMs - arrivedAtMs < NAME_WAIT_MS);
    if (fresh < 0) return held;
    for (const arrival of held.slice(fresh)) this.hold(arrival);
    return held.slice(0, fresh);
  }

  /** SSRCs whose first packet has waited its time. */
  overdue(nowMs: number): readonly number[] {
    return [...this.#held]
      .filter(([, [first]]) => first !== undefined && nowMs - first.arrivedAtMs >= NAME_WAIT_MS)
      .map(([ssrc]) => ssrc);
  }

  ssrcs(): readonly number[] {
    return [...this.#held.keys()];
  }
}
