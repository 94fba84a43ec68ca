const PING = 0x1337_cafe;
const ECHO = 0x1337_f00d;
const BYTES = 8;

/** Pings that are remembered for their echo: at one every 5 s, an echo may be 80 s late. */
const REMEMBERED = 16;

/** What the echoes of our keepalives tell of the path to the voice server. */
export interface KeepaliveEcho {
  /** Keepalives sent. */
  readonly sentCount: number;
  /** Keepalives answered; a server need not answer any. */
  readonly echoedCount: number;
  /** Monotonic time of the last echo; null before the first. */
  readonly lastEchoAtMs: number | null;
  /** From the last echoed keepalive to its echo; null before the first echo. */
  readonly roundTripMs: number | null;
}

/**
 * Numbers keepalives, `13 37 CA FE | u32 seq`, and matches them with their echoes, `13 37 F0 0D | u32 seq` (observed:
 * the form of the official clients).
 */
export class Keepalives {
  #sentAtMs = new Map<number, number>();
  #next = 0;
  #echo: KeepaliveEcho = { sentCount: 0, echoedCount: 0, lastEchoAtMs: null, roundTripMs: null };

  get echo(): KeepaliveEcho {
    return this.#echo;
  }

  /** The next keepalive's 8 bytes, counted as sent at `nowMs`. */
  write(nowMs: number): Uint8Array {
    const seq = this.#next;
    this.#next = (seq + 1) >>> 0;
    this.#sentAtMs.set(seq, nowMs);
    for (const oldest of this.#sentAtMs.keys()) {
      if (this.#sentAtMs.size <= REMEMBERED) break;
      this.#sentAtMs.delete(oldest);
    }
    this.#echo = { ...this.#echo, sentCount: this.#echo.sentCount + 1 };
    const bytes = new Uint8Array(BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, PING);
    view.setUint32(4, seq);
    return bytes;
  }

  /** Notes an echo that arrived at `nowMs`. Other bytes, and the echo of a forgotten or answered ping, change nothing. */
  note(bytes: Uint8Array, nowMs: number): void {
    if (bytes.byteLength < BYTES) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0) !== ECHO) return;
    const seq = view.getUint32(4);
    const sentAtMs = this.#sentAtMs.get(seq);
    if (sentAtMs === undefined) return;
    this.#sentAtMs.delete(seq);
    const { sentCount, echoedCount } = this.#echo;
    this.#echo = {
      sentCount,
      echoedCount: echoedCount + 1,
      lastEchoAtMs: nowMs,
      roundTripMs: nowMs - sentAtMs,
    };
  }
}
