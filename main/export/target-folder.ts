import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isTooLong, systemErrorCode } from '../base/errors.ts';
import { createFile, isLink, SHARED_FILE_MODE } from '../base/plain-file.ts';
import { renameOver } from '../base/replace-file.ts';
import { shortFileName } from '../recording/layout.ts';
import { freeBytesOf, tooLittleSpace } from '../recording/free-space.ts';
import { ExportError, UNFINISHED_ENDING } from './export-error.ts';

/**
 * Makes the folder and checks that `bytes` fit into what is free there, where the disk tells it. Throws ExportError
 * 'disk-full' or the system's error.
 */
export async function prepareFolder(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const freeBytes = await freeBytesOf(folder);
  const details = tooLittleSpace(folder, { freeBytes, neededBytes: bytes });
  if (details === null) return;
  const needed = `${String(bytes)} bytes are needed`;
  const message = `${needed} in ${folder}, ${String(freeBytes)} are free`;
  throw new ExportError('disk-full', message, { details });
}

/**
 * Refuses a folder that somebody may have made a link, so that nothing is written behind it. Throws ExportError
 * 'disk-error' or the system's error.
 */
export async function refuseLink(folder: string): Promise<void> {
  if (!(await isLink(folder))) return;
  const details = { cannot: 'follow', file: folder };
  throw new ExportError('disk-error', `${folder} is a link`, { details });
}

/** Path of a new file in `folder`, `.tapedeck-` and 16 hexadecimal digits and `.part`: nobody takes it for finished. */
export function unfinishedFile(folder: string): string {
  return path.join(folder, `.tapedeck-${randomBytes(8).toString('hex')}${UNFINISHED_ENDING}`);
}

/**
 * Renames a finished file to `name`, or to `name (2)` and so on when `name` is taken, shorter where the disk refuses the
 * length: an empty file claims the name
 * first, so that two exports at once never take the same one. Returns the path. Throws the system's error.
 */
export async function settleFile(unfinished: string, name: string): Promise<string> {
  const target = await claimName(path.dirname(unfinished), name);
  try {
    await renameOver(unfinished, target);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
  return target;
}

async function claimName(folder: string, name: string): Promise<string> {
  const { name: whole, ext } = path.parse(name);
  const short = shortFileName(whole, ext);
  let stem = whole;
  for (let number = 1; ;) {
    const suffix = number === 1 ? '' : ` (${String(number)})`;
    const target = path.join(folder, `${stem}${suffix}${ext}`);
    try {
      await (await createFile(target, SHARED_FILE_MODE)).close();
      return target;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') number += 1;
      else if (isTooLong(error) && stem !== short) stem = short;
      else throw error;
    }
  }
}
