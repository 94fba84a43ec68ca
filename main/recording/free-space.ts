import { statfs } from 'node:fs/promises';
import path from 'node:path';

/** Free space where `folder` is or will be made, in bytes; null when it cannot be known. */
export async function freeBytesOf(folder: string): Promise<number | null> {
  for (let place = folder; ; place = path.dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch {
      if (place === path.dirname(place)) return null; // not even the root answers
    }
  }
}
