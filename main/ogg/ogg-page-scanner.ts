import { nextPageStart, probeOggPage } from './ogg-page.ts';
import type { OggPage } from './ogg-page.ts';

/** A part of the bytes: a valid page, or garbage between pages. Offsets count from the first byte fed. */
export type ScannedPart =
  | { readonly kind: 'page'; readonly offset: number; readonly page: OggPage }
  | { readonly kind: 'garbage'; readonly offset: number; readonly byteLength: number };

/**
 * False pages may cost as much as checking each byte twice, and this much on top. Damaged pages of a real file lie behind
 * one another, so that each byte is checked once; a file made to do harm has thousands within one another.
 */
const FALSE_BYTES_A_BYTE = 2;
const FALSE_BYTES_ON_TOP = 1024 * 1024;

/** What a false page counts for at least: it costs more than its bytes. */
const LEAST_FALSE_BYTES = 1024;

/**
 * Finds the valid pages in bytes that come in pieces, however cut, and the next page behind damage (RFC 3533 §3).
 * Where false pages cost too much, as many bytes are passed over unread, so that the time grows with the bytes alone.
 * Holds the beginning of one page at most. A page refers to the bytes fed, or to a copy where it spanned two pieces.
 */
export class OggPageScanner {
  #waiting: Uint8Array = new Uint8Array(0); // undecided bytes: perhaps the beginning of a page
  #offset = 0; // of `#waiting`
  #garbageBytes = 0; // right before `#waiting`, not returned yet
  #falseBytes = 0; // of false pages so far
  #unreadUntil = 0; // offset at which false pages are paid for; what begins before it is not looked at

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
      const unread = Math.min(this.#unreadUntil - start, bytes.byteLength) - at;
      if (unread > 0) {
        this.#garbageBytes += unread;
        at += unread;
        continue;
      }
      const probe = probeOggPage(bytes, at);
      if (probe.kind === 'incomplete' && stream === 'goes-on') break;
      if (probe.kind === 'page') {
        this.#offset = start + at;
        this.#takeGarbage(parts);
        parts.push({ kind: 'page', offset: this.#offset, page: probe.page });
        at += probe.page.byteLength;
      } else {
        if (probe.kind === 'false') this.#takeFalse(start + at, probe.byteLength);
        const end = nextPageStart(bytes, at + 1);
        this.#garbageBytes += end - at;
        at = end;
      }
    }
    this.#offset = start + at;
    this.#waiting = bytes.slice(at); // the caller may reuse its buffer
    return parts;
  }

  #takeFalse(offset: number, byteLength: number): void {
    this.#falseBytes += Math.max(LEAST_FALSE_BYTES, byteLength);
    const paidAt = (this.#falseBytes - FALSE_BYTES_ON_TOP) / FALSE_BYTES_A_BYTE;
    if (paidAt > offset) this.#unreadUntil = Math.ceil(paidAt);
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
