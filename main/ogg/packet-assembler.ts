import type { OggPage } from './ogg-page.ts';

/** The packets that end on one page, and how many could not be put together. */
export interface PagePackets {
  readonly packets: readonly Uint8Array[];
  /** Packets of which a part was lost or that are larger than allowed. */
  readonly brokenCount: number;
}

/** Puts packets together from the pages of one stream, also those that span pages (RFC 3533 §5). */
export class PacketAssembler {
  readonly #maxPacketBytes: number;
  #pieces: Uint8Array[] | null = null; // of the packet that continues on the next page; null: no packet does
  #pieceBytes = 0;

  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Packets refer to the page's memory, except those that span pages. */
  take(page: OggPage): PagePackets {
    const packets: Uint8Array[] = [];
    let brokenCount = 0;
    if (!page.continued && this.#pieces !== null) {
      brokenCount += 1; // the rest of the packet never came
      this.#pieces = null;
    }
    let headless = page.continued && this.#pieces === null; // the beginning of the packet never came
    let start = 0;
    let end = 0;
    let open = false;
    for (const value of page.lacing) {
      end += value;
      open = value === 255;
      if (open) continue;
      const packet = headless ? null : this.#complete(page.body.subarray(start, end));
      headless = false;
      if (packet === null) brokenCount += 1;
      else packets.push(packet);
      start = end;
    }
    if (open && !headless) this.#keep(page.body.slice(start));
    return { packets, brokenCount };
  }

  /** A page is missing: drops the packet that was to continue. True when there was one. */
  interrupt(): boolean {
    const begun = this.#pieces !== null;
    this.#pieces = null;
    return begun;
  }

  #keep(piece: Uint8Array): void {
    if (this.#pieces === null) this.#pieceBytes = 0;
    this.#pieces ??= [];
    this.#pieceBytes += piece.byteLength;
    if (this.#pieceBytes <= this.#maxPacketBytes) this.#pieces.push(piece);
    else this.#pieces.length = 0; // too large: its bytes are counted, not held
  }

  /** Null when the packet is too large. */
  #complete(lastPiece: Uint8Array): Uint8Array | null {
    if (this.#pieces === null) return lastPiece;
    this.#keep(lastPiece);
    const pieces = this.#pieces;
    this.#pieces = null;
    return this.#pieceBytes > this.#maxPacketBytes ? null : new Uint8Array(Buffer.concat(pieces));
  }
}
