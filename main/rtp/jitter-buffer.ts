import type { Arrival } from './arrival.ts';

/** What the buffer has to know of a packet. */
export interface BufferedPacket {
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  readonly arrival: Arrival;
}

/** A packet that can go on. */
export interface ReadyPacket<Packet> {
  readonly packet: Packet;
  /** Numbers right before the packet that carry no packet and were no padding. */
  readonly lostBefore: number;
}

export interface JitterBufferOptions {
  /** How long packets behind a missing one are held for it. Default: 250 ms. */
  readonly playoutDelayMs?: number;
  /**
   * How long the first packet after a pause is held, so that the packets behind it show how late it is. Default: not at
   * all.
   */
  readonly settleMs?: number;
}

/**
 * Longer than the bursts that Wi-Fi power saving makes (observed: above 200 ms), and with the 400 ms between two writes
 * to disk well inside the one second that a crash may cost.
 */
const PLAYOUT_DELAY_MS = 250;

/**
 * What a recorder gives as `settleMs`: ten packets tell the network's delay from the jitter of a talkspurt's first packet
 * (10 ms of jitter put the worst talkspurt 2.5 ms off, 7.5 ms with six packets). It is less than the playout delay, so no
 * packet gets to the disk later for it.
 */
export const SETTLE_MS = 200;

/** 200 ms without a packet are a pause: more than networks hold packets back as a rule. */
const PAUSE_MS = 200;

/** Numbers held at most: 2 s, the longest wait for a key, of packets of 2.5 ms, the shortest, and some to spare. */
const MOST_HELD = 1_024;

const NOTHING: never[] = [];

/** What a held number stands for: `passed` carries no audio, `reserved` waits for its key, `lost` waited in vain. */
type Slot<Packet> = Packet | 'passed' | 'reserved' | 'lost';

/**
 * Puts one SSRC's packets in order. A packet in order passes at once; a packet behind a missing number waits 250 ms for
 * it unless told otherwise, and behind a reserved number until that is settled. Times are monotonic.
 */
export class JitterBuffer<Packet extends BufferedPacket> {
  readonly #playoutDelayMs: number;
  readonly #settleMs: number;
  /** Numbers from `#next` on; empty while everything arrives in order. */
  readonly #slots = new Map<number, Slot<Packet>>();
  /** The number whose turn it is; null before the first. */
  #next: number | null = null;
  /** Numbers given up since the last packet released. */
  #lostCount = 0;
  #ready: ReadyPacket<Packet>[] = [];
  #lastArrivalMs = -Infinity;
  #settledAtMs = -Infinity;
  #begun = false;

  constructor(options: JitterBufferOptions = {}) {
    this.#playoutDelayMs = options.playoutDelayMs ?? PLAYOUT_DELAY_MS;
    this.#settleMs = options.settleMs ?? 0;
  }

  /**
   * Takes a packet. 'late' when the turn of its number is over, or the number is here already: the packet is not kept
   * then.
   */
  push(packet: Packet): 'kept' | 'late' {
    const { sequence, arrival } = packet;
    const arrivedAtMs = arrival.latestMs;
    if (arrivedAtMs - this.#lastArrivalMs > PAUSE_MS)
      this.#settledAtMs = arrivedAtMs + this.#settleMs;
    this.#lastArrivalMs = arrivedAtMs;
    // While nothing has been released, a number before the first that arrived is still in time.
    const next = this.#begun
      ? (this.#next ?? sequence)
      : Math.min(this.#next ?? sequence, sequence);
    this.#next = next;
    if (sequence < next) return 'late';
    const slot = this.#slots.get(sequence);
    if (slot !== undefined && slot !== 'reserved' && slot !== 'passed') return 'late';
    if (sequence === next && arrivedAtMs >= this.#settledAtMs) {
      this.#slots.delete(sequence);
      this.#release(packet);
    } else {
      this.#slots.set(sequence, packet);
      this.#bound();
    }
    return 'kept';
  }

  /**
   * The sender counts anew: the numbers from `from` up to, not including, `to` are no loss, and no packet waits for them,
   * but packets that others have overtaken may still take them. The packets behind settle as behind a pause.
   */
  beginAnew(from: number, to: number, nowMs: number): void {
    for (let sequence = from; sequence < to; sequence += 1) this.pass(sequence);
    this.#settledAtMs = Math.max(this.#settledAtMs, nowMs + this.#settleMs);
  }

  /** That number arrived and carries no audio: no packet waits for it, and it is no loss. */
  pass(sequence: number): void {
    this.#fill(sequence, 'passed');
  }

  /** That number arrived and keeps its place until `push`, `pass` or `giveUp`: no packet behind it goes on before. */
  reserve(sequence: number): void {
    this.#fill(sequence, 'reserved');
  }

  /** The packet for a reserved number will not come: the number is a loss to the packets behind it. */
  giveUp(sequence: number): void {
    if (this.#slots.get(sequence) === 'reserved') this.#slots.set(sequence, 'lost');
  }

  /** The packets that can go on, in order; each is given once. */
  ready(nowMs: number): readonly ReadyPacket<Packet>[] {
    while (nowMs >= this.#settledAtMs && this.#slots.size > 0 && this.#step(nowMs));
    if (this.#ready.length === 0) return NOTHING;
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** The stream is over: gives every packet that is held, in order, whatever is missing. */
  flush(): readonly ReadyPacket<Packet>[] {
    return this.ready(Infinity);
  }

  #fill(sequence: number, slot: 'passed' | 'reserved'): void {
    const next = (this.#next ??= sequence);
    if (sequence < next) return;
    const before = this.#slots.get(sequence);
    if (before !== undefined && before !== 'reserved') return;
    this.#slots.set(sequence, slot);
    this.#bound();
  }

  /** Takes the next number's turn. False when the number has to wait. */
  #step(nowMs: number): boolean {
    const next = this.#next ?? 0;
    const slot = this.#slots.get(next);
    if (slot === undefined) return this.#giveUpBefore(nowMs);
    if (slot === 'reserved' && nowMs !== Infinity) return false;
    this.#slots.delete(next);
    this.#begun = true;
    if (typeof slot === 'object') {
      this.#release(slot);
    } else {
      if (slot !== 'passed') this.#lostCount += 1;
      this.#next = next + 1;
    }
    return true;
  }

  #release(packet: Packet): void {
    this.#begun = true;
    this.#ready.push({ packet, lostBefore: this.#lostCount });
    this.#lostCount = 0;
    this.#next = packet.sequence + 1;
  }

  /** The missing numbers before the first that is here are lost, once the first packet behind them has waited a playout delay. */
  #giveUpBefore(nowMs: number): boolean {
    let first = Infinity;
    let firstArrivalMs = Infinity;
    for (const [sequence, slot] of this.#slots) {
      first = Math.min(first, sequence);
      if (typeof slot === 'object')
        firstArrivalMs = Math.min(firstArrivalMs, slot.arrival.latestMs);
    }
    if (nowMs !== Infinity && nowMs < firstArrivalMs + this.#playoutDelayMs) return false;
    this.#begun = true;
    this.#lostCount += first - (this.#next ?? first);
    this.#next = first;
    return true;
  }

  /** No packet waits behind more than 1,024 numbers. */
  #bound(): void {
    while (this.#slots.size > MOST_HELD) this.#step(Infinity);
  }
}
