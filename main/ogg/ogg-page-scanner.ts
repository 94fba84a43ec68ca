import { probeOggPage } from './ogg-page.ts';
import type { OggPage } from './ogg-page.ts';

/** A part of the bytes: a valid page, or garbage between pages. Offsets count from the first byte fed. */
export type ScannedPart =
  | { readonly kind: 'page'; readonly offset: number; readonly page: OggPage }
  | { readonly kind: 'garbage'; readonly offset: number; readonly byteLength: number };

const CAPTURE_START = 0x4f; // the "O" of "OggS"

/**
 * Finds the valid pages in bytes that come in pieces, however cut, and the next page behind damage (RFC 3533 §3).
 * Holds the beginning of one page at most. A page refers to the bytes fed, or to a copy where it spanned two pieces.
 */
export class OggPageScanner {
  #waiting: Uint8Array = new Uint8Array(0); // undecided bytes: perhaps the beginning of a page
  #offset = 0; // of `#waiting`
  #garbageBytes = 0; // right before `#waiting`, not returned yet

  /** Takes the next bytes; returns the parts that are certain with them, in order. */
  feed(bytes: Uint8Array): ScannedPart[] {
    return this.#scan(join(this.#waiting, bytes), 'goes-on');
  }

  /** Call after the last bytes: what looked like the beginning of a page is searched for pages within it. */
  end(): ScannedPart[] {
    const parts = this.#scan(this.#waiting, 'ends');
    this.#takeGarbage(parts);
    return parts;
  }

  #scan(bytes: Uint8Array, stream: 'goes-on' | 'ends'): ScannedPart[] {
    const parts: ScannedPart[] = [];
    const start = this.#offset;
    let at = 0;
    while (at < bytes.byteLength) {
      const probe = probeOggPage(bytes, at);
      if (probe.kind === 'incomplete' && stream === 'goes-on') break;
      if (probe.kind === 'page') {
        this.#offset = start + at;
        this.#takeGarbage(parts);
        parts.push({ kind: 'page', offset: this.#offset, page: probe.page });
        at += probe.page.byteLength;
      } else {
        const next = bytes.indexOf(CAPTURE_START, at + 1);
        const end = next < 0 ? bytes.byteLength : next;
        this.#garbageBytes += end - at;
        at = end;
      }
    }
    this.#offset = start + at;
    this.#waiting = bytes.slice(at); // the caller may reuse its buffer
    return parts;
  }

  #takeGarbage(parts: ScannedPart[]): void {
    const byteLength = this.#garbageBytes;
    if (byteLength === 0) return;
    parts.push({ kind: 'garbage', offset: this.#offset - byteLength, byteLength });
    this.#garbageBytes = 0;
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.byteLength === 0) return second;
  const joined = new Uint8Array(first.byteLength + second.byteLength);
  joined.set(first);
  joined.set(second, first.byteLength);
  return joined;
}
