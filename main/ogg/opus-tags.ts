/** The second packet of an Ogg Opus stream (RFC 7845 §5.2). */
export interface OpusTags {
  /** Who made the stream. */
  readonly vendor: string;
  /** "KEY=value" each; keys are ASCII without case. */
  readonly comments: readonly string[];
}

const MAGIC_BYTES = 8;
const MAGIC = [0x4f70_7573, 0x5461_6773] as const; // "OpusTags"

/**
 * | "OpusTags" 8 | vendor length 4 | vendor | comment count 4 | then for each: length 4 | UTF-8 |
 * Little-endian.
 */
export function writeOpusTags(tags: OpusTags): Uint8Array {
  const encoder = new TextEncoder();
  const vendor = encoder.encode(tags.vendor);
  const comments = tags.comments.map((comment) => encoder.encode(comment));
  const textBytes = comments.reduce((sum, each) => sum + 4 + each.byteLength, vendor.byteLength);
  const bytes = new Uint8Array(MAGIC_BYTES + 4 + 4 + textBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC[0]);
  view.setUint32(4, MAGIC[1]);
  let at = MAGIC_BYTES;
  const putText = (text: Uint8Array): void => {
    view.setUint32(at, text.byteLength, true);
    bytes.set(text, at + 4);
    at += 4 + text.byteLength;
  };
  putText(vendor);
  view.setUint32(at, comments.length, true);
  at += 4;
  comments.forEach(putText);
  return bytes;
}

/** Null when it is no OpusTags packet or a length points behind its end; what follows the comments is padding. */
export function parseOpusTags(bytes: Uint8Array): OpusTags | null {
  if (!isOpusTags(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = MAGIC_BYTES;
  const takeNumber = (): number | null => {
    if (bytes.byteLength - at < 4) return null;
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const takeText = (): string | null => {
    const byteLength = takeNumber();
    if (byteLength === null || byteLength > bytes.byteLength - at) return null;
    at += byteLength;
    return decoder.decode(bytes.subarray(at - byteLength, at));
  };
  const vendor = takeText();
  const count = vendor === null ? null : takeNumber();
  if (vendor === null || count === null) return null;
  const comments: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const comment = takeText();
    if (comment === null) return null; // also bounds a count that is a lie
    comments.push(comment);
  }
  return { vendor, comments };
}

/** Whether the packet calls itself OpusTags, malformed or not. */
export function isOpusTags(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(0) === MAGIC[0] && view.getUint32(4) === MAGIC[1];
}
