import type { RawData } from 'ws';

/** Bytes of a frame in memory of its own or ws's. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
