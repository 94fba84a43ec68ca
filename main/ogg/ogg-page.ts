import { oggCrc } from './ogg-crc.ts';

/** Lacing values that fit on one page (RFC 3533 §6). */
export const MAX_LACING_VALUES = 255;
const FIXED_HEADER_BYTES = 27;
const CAPTURE_PATTERN = 0x4f67_6753; // "OggS"
/** What every page begins with: "OggS" and version 0. */
const PAGE_START = Buffer.from('OggS\0', 'latin1');
const CHECKSUM_AT = 22;
const CHECKSUM_END = 26;
const ZERO_CHECKSUM = new Uint8Array(4);

/** One page (RFC 3533 §6). */
export interface OggPage {
  /** The page's first packet began on the page before. */
  readonly continued: boolean;
  /** First page of the stream. */
  readonly bos: boolean;
  /** Last page of the stream. */
  readonly eos: boolean;
  /** 48 kHz samples including pre-skip up to the end of the last packet that ends here (RFC 7845 §4); −1n: none does. */
  readonly granulePosition: bigint;
  /** Unsigned 32-bit, the same on all pages of a stream. */
  readonly serial: number;
  /** Unsigned 32-bit, +1 per page. */
  readonly pageSequence: number;
  /** Lengths of the body's segments, 0 to 255 of them; one below 255 ends a packet. */
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
  /** Header included; 65307 at most. */
  readonly byteLength: number;
}

/**
 * `incomplete`: the bytes may be the beginning of a page; `false`: they look like a page of `byteLength`, and the checksum
 * differs; `none`: no page begins there, whatever follows.
 */
export type OggPageProbe =
  | { readonly kind: 'page'; readonly page: OggPage }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'false'; readonly byteLength: number }
  | { readonly kind: 'none' };

const INCOMPLETE = { kind: 'incomplete' } as const;
const NONE = { kind: 'none' } as const;

/** The page that begins at `offset`. Null when no whole page is there, or its checksum differs. Copies nothing. */
export function parseOggPage(bytes: Uint8Array, offset = 0): OggPage | null {
  const probe = probeOggPage(bytes, offset);
  return probe.kind === 'page' ? probe.page : null;
}

/**
 * Where the next page may begin, at `from` or behind it: at "OggS" and version 0, or so near the end of the bytes that the
 * rest may follow.
 */
export function nextPageStart(bytes: Uint8Array, from: number): number {
  const { buffer, byteOffset, byteLength } = bytes;
  const found = Buffer.from(buffer, byteOffset, byteLength).indexOf(PAGE_START, from);
  return found >= 0 ? found : Math.max(from, byteLength - PAGE_START.byteLength + 1);
}

/** As `parseOggPage`, but tells "more bytes are needed" (65307 at most) from "not a page". */
export function probeOggPage(bytes: Uint8Array, offset = 0): OggPageProbe {
  const available = bytes.byteLength - offset;
  if (available < FIXED_HEADER_BYTES) {
    return beginsLikeAPage(bytes, offset) ? INCOMPLETE : NONE;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, available);
  if (view.getUint32(0) !== CAPTURE_PATTERN || view.getUint8(4) !== 0) return NONE;
  const lacingCount = view.getUint8(26);
  const bodyAt = FIXED_HEADER_BYTES + lacingCount;
  if (available < bodyAt) return INCOMPLETE;
  const lacing = bytes.subarray(offset + FIXED_HEADER_BYTES, offset + bodyAt);
  const byteLength = bodyAt + sumOf(lacing);
  if (available < byteLength) return INCOMPLETE;
  const page = bytes.subarray(offset, offset + byteLength);
  if (view.getUint32(CHECKSUM_AT, true) !== checksumOf(page)) return { kind: 'false', byteLength };
  const flags = view.getUint8(5);
  return {
    kind: 'page',
    page: {
      continued: (flags & 1) !== 0,
      bos: (flags & 2) !== 0,
      eos: (flags & 4) !== 0,
      granulePosition: view.getBigInt64(6, true),
      serial: view.getUint32(14, true),
      pageSequence: view.getUint32(18, true),
      lacing,
      body: page.subarray(bodyAt),
      byteLength,
    },
  };
}

/** The bytes of one page, checksum included. Throws when lacing and body do not fit each other or a page. */
export function writeOggPage(page: Omit<OggPage, 'byteLength'>): Uint8Array {
  const { lacing, body } = page;
  if (lacing.byteLength > MAX_LACING_VALUES) {
    throw new Error(`page has ${String(lacing.byteLength)} segments, at most 255 fit`);
  }
  if (sumOf(lacing) !== body.byteLength) {
    throw new Error(
      `lacing says ${String(sumOf(lacing))} bytes, body has ${String(body.byteLength)}`,
    );
  }
  const bytes = new Uint8Array(FIXED_HEADER_BYTES + lacing.byteLength + body.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CAPTURE_PATTERN);
  view.setUint8(4, 0); // Version
  view.setUint8(5, (page.continued ? 1 : 0) | (page.bos ? 2 : 0) | (page.eos ? 4 : 0)); // Header type
  view.setBigInt64(6, page.granulePosition, true);
  view.setUint32(14, page.serial, true);
  view.setUint32(18, page.pageSequence, true);
  view.setUint8(26, lacing.byteLength); // Segments
  bytes.set(lacing, FIXED_HEADER_BYTES);
  bytes.set(body, FIXED_HEADER_BYTES + lacing.byteLength);
  view.setUint32(CHECKSUM_AT, oggCrc(bytes), true); // the field itself counts as zero
  return bytes;
}

/** How many lacing values one whole packet has: as many 255 as fit, then the rest, 0 to 254 (RFC 3533 §5). */
export function lacingCountOf(packetBytes: number): number {
  return Math.floor(packetBytes / 255) + 1;
}

function checksumOf(page: Uint8Array): number {
  const before = oggCrc(page.subarray(0, CHECKSUM_AT));
  return oggCrc(page.subarray(CHECKSUM_END), oggCrc(ZERO_CHECKSUM, before));
}

function beginsLikeAPage(bytes: Uint8Array, offset: number): boolean {
  const version = bytes[offset + 4] ?? 0;
  for (let at = 0; at < 4; at += 1) {
    const byte = bytes[offset + at];
    if (byte !== undefined && byte !== ((CAPTURE_PATTERN >> (24 - 8 * at)) & 0xff)) return false;
  }
  return version === 0;
}

function sumOf(lacing: Uint8Array): number {
  let sum = 0;
  for (const value of lacing) sum += value;
  return sum;
}
