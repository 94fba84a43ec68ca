/** Most that a 32-bit RIFF size can say; in RF64 the value that means "see ds64". */
export const MAX_UINT32 = 0xffff_ffff;

/** Four characters as a chunk's name. */
export function writeFourCc(view: DataView, offset: number, name: string): void {
  for (let index = 0; index < 4; index += 1) view.setUint8(offset + index, name.charCodeAt(index));
}

/**
 * A whole chunk: name, body's length (uint32), body, and a zero byte after a body of odd length, which the length does
 * not count (Multimedia Programming Interface 1.0, "RIFF file format").
 */
export function writeChunk(name: string, body: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(8 + body.byteLength + (body.byteLength % 2));
  const view = new DataView(chunk.buffer);
  writeFourCc(view, 0, name);
  view.setUint32(4, body.byteLength, true);
  chunk.set(body, 8);
  return chunk;
}

/** `parts`, one after the other, in new memory. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** UTF-8 of `text`, cut between characters to at most `mostBytes`; a NUL would end it for every reader, so none stays. */
export function writeText(text: string, mostBytes: number): Uint8Array {
  const bytes = new Uint8Array(mostBytes);
  const { written } = new TextEncoder().encodeInto(text.replaceAll('\0', ' '), bytes);
  return bytes.subarray(0, written);
}
