import type { RawData } from 'ws';

/** A WebSocket frame's bytes in one Buffer; a Buffer and an ArrayBuffer are not copied. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
