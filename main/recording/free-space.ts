import { statfs } from 'node:fs/promises';
import path from 'node:path';

/** Bytes free for us on the disk where `folder` is, or will be made; null when the system does not tell. */
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
