import type { RawData } from 'ws';
import type { z } from 'zod';

/** Bytes of a frame in memory of its own or ws's. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** The message, or null when it is no JSON or not of that shape. */
export function parseJson<T>(text: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
