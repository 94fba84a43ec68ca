import type { OggPage } from './ogg-page.ts';

/** The packets that end on one page, and how many of its pieces had to be thrown away. */
export interface PagePackets {
  readonly packets: readonly Uint8Array[];
  /** Packets of which a part was lost or that are larger than allowed. */
  readonly brokenCount: number;
}

/** Puts packets together from the pages of one stream, also those that span pages (RFC 3533 §5). */
export class PacketAssembler {
  readonly #maxPacketBytes: number;
  #pieces: Uint8Array[] | null = null; // of the packet that goes on on the next page; null: none does
  #pieceBytes = 0;

  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Packets refer to the page's memory, except those that span pages. */
  take(page: OggPage): PagePackets {
    const packets: Uint8Array[] = [];
    let brokenCount = 0;
    if (!page.continued && this.#pieces !== null) {
      brokenCount += 1; // its rest never came
      this.#pieces = null;
    }
    let headless = page.continued && this.#pieces === null; // its beginning never came
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

  /** A page is missing: what was begun cannot go on. True when something was. */
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
    else this.#pieces.length = 0; // too large: counted on, not held
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
