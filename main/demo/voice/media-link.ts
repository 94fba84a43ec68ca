import type { SeededRandom } from '../../base/seeded-random.ts';
import type { PacketLine } from '../sent-log.ts';

/** What happens to datagrams on their way from the server to one client; ratios from 0 to 1. */
export interface LinkQuality {
  readonly lossRatio: number;
  readonly duplicateRatio: number;
  /** Share of packets that are sent `HOLD_BACK_MS` later, after the next one. */
  readonly reorderRatio: number;
  /** Each packet is delayed by 0 to this, drawn evenly; the order is kept. */
  readonly jitterMs: number;
  /** Each packet is delayed by this as well. */
  readonly delayMs: number;
}

/** Longer than two frames: the packets 20 and 40 ms behind overtake the one that is held back. */
const HOLD_BACK_MS = 45;
/** From a packet to its duplicate. */
const DUPLICATE_AFTER_MS = 3;

/** The network path from the server to one client: loses, duplicates, delays and reorders datagrams. */
export class MediaLink {
  readonly #random: SeededRandom;
  readonly #quality: () => LinkQuality;
  readonly #deliver: (datagram: Uint8Array) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Datagrams on their way, in order. A timer each would not keep the order: timers go by whole milliseconds. */
  readonly #line: { readonly datagram: Uint8Array; readonly dueMs: number }[] = [];
  #lineTimer: NodeJS.Timeout | null = null;
  #freeAtMs = 0;

  constructor(
    random: SeededRandom,
    quality: () => LinkQuality,
    deliver: (datagram: Uint8Array) => void,
  ) {
    this.#random = random;
    this.#quality = quality;
    this.#deliver = deliver;
  }

  /** Sends the datagram, at once or later, and gives its fate. */
  send(datagram: Uint8Array): PacketLine['fate'] {
    const { lossRatio, duplicateRatio, reorderRatio, jitterMs, delayMs } = this.#quality();
    const random = this.#random;
    // Four draws for every packet, so that a change of one ratio does not change which packets another one hits.
    const [isLost, isDoubled, isHeldBack, lateMs] = [
      random.chance(lossRatio),
      random.chance(duplicateRatio),
      random.chance(reorderRatio),
      random.next() * jitterMs,
    ];
    if (isLost) return 'dropped';
    const nowMs = performance.now();
    const dueMs = Math.max(nowMs + delayMs + lateMs, this.#freeAtMs);
    if (isHeldBack) {
      this.#sendAfter(datagram, dueMs - nowMs + HOLD_BACK_MS);
      return 'reordered';
    }
    this.#freeAtMs = dueMs;
    this.#line.push({ datagram, dueMs });
    this.#deliverDue();
    if (!isDoubled) return 'sent';
    this.#sendAfter(datagram, dueMs - nowMs + DUPLICATE_AFTER_MS);
    return 'duplicated';
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#lineTimer ?? undefined);
    this.#line.length = 0;
  }

  #deliverDue(): void {
    if (this.#lineTimer !== null) return;
    for (let [first] = this.#line; first !== undefined; [first] = this.#line) {
      const waitMs = first.dueMs - performance.now();
      if (waitMs >= 1) {
        this.#lineTimer = setTimeout(() => {
          this.#lineTimer = null;
          this.#deliverDue();
        }, waitMs);
        return;
      }
      this.#line.shift();
      this.#deliver(first.datagram);
    }
  }

  #sendAfter(datagram: Uint8Array, delayMs: number): void {
    if (delayMs < 1) return this.#deliver(datagram);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#deliver(datagram);
    }, delayMs);
    this.#timers.add(timer);
  }
}
