import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { ExportError } from './export-error.ts';

/** Makes the folder and checks that `bytes` fit into what is free there. Throws ExportError 'disk-full' or the system's error. */
export async function prepareFolder(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes) return;
  const needed = `${String(bytes)} bytes are needed`;
  throw new ExportError('disk-full', `${needed} in ${folder}, ${String(freeBytes)} are free`);
}

/** Path of a new file in `folder`, `.tapedeck-` and 16 hexadecimal digits and `.part`: nobody takes it for finished. */
export function unfinishedFile(folder: string): string {
  return path.join(folder, `.tapedeck-${randomBytes(8).toString('hex')}.part`);
}

/**
 * Renames a finished file to `name`, or to `name (2)` and so on when `name` is taken: an empty file claims the name
 * first, so that two exports at once never take the same one. Returns the path. Throws the system's error.
 */
export async function settleFile(unfinished: string, name: string): Promise<string> {
  const target = await claimName(path.dirname(unfinished), name);
  try {
    await rename(unfinished, target);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
  return target;
}

async function claimName(folder: string, name: string): Promise<string> {
  const { name: stem, ext } = path.parse(name);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : ` (${String(number)})`;
    const target = path.join(folder, `${stem}${suffix}${ext}`);
    try {
      await (await open(target, 'wx')).close();
      return target;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}
