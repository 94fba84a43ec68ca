import { statfs } from 'node:fs/promises';
import path from 'node:path';

/**
 * Bytes free for us on the disk where `folder` is, or will be made; null when the system does not tell. A disk of 0
 * blocks, or with more free than it has, does not tell: FUSE file systems without that call answer so.
 */
export async function freeBytesOf(folder: string): Promise<number | null> {
  for (let place = folder; ; place = path.dirname(place)) {
    try {
      const { blocks, bavail, bsize } = await statfs(place);
      return blocks > 0 && bavail <= blocks ? bavail * bsize : null;
    } catch {
      if (place === path.dirname(place)) return null; // not even the root answers
    }
  }
}

/** With less free no recording begins: what a short one takes, its reserve, and something for everybody else. */
export const LEAST_FREE_BYTES = 32 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

/** What fills the sentence that there is too little space in `file`, a folder; null when there is enough, or nobody knows. */
export function tooLittleSpace(
  file: string,
  { freeBytes, neededBytes }: { readonly freeBytes: number | null; readonly neededBytes: number },
): Readonly<Record<string, string | number>> | null {
  if (freeBytes === null || freeBytes >= neededBytes) return null;
  return {
    cannot: 'begin',
    file,
    bytes: neededBytes,
    freeMebibytes: Math.floor(freeBytes / MEBIBYTE),
    neededMebibytes: Math.ceil(neededBytes / MEBIBYTE),
  };
}
