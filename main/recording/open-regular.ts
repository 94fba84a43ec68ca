import { lstat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { NotPlainFile, openPlainFile } from '../base/plain-file.ts';
import { replaceByCopy } from '../base/replace-file.ts';
import { StorageError } from './storage-error.ts';

/**
 * Opens a file of a recording that may have come from anywhere: neither the file nor its folder may be a symbolic link,
 * and the file must be a plain one. A file to be changed that has another name elsewhere (a hard link) is replaced by a
 * copy of its own first. Throws StorageError 'disk-error' otherwise, else the system's error.
 */
export async function openRegular(file: string, access: 'read' | 'change'): Promise<FileHandle> {
  const folder = await lstat(path.dirname(file));
  if (!folder.isDirectory()) throw notPlain(file);
  try {
    const handle = await openPlainFile(file, access);
    if (access === 'read' || (await handle.stat()).nlink <= 1) return handle;
    await handle.close();
    await replaceByCopy(file);
    return await openPlainFile(file, access);
  } catch (error) {
    throw error instanceof NotPlainFile ? notPlain(file) : error;
  }
}

/** The text of a plain file; null when the file is missing, larger than `mostBytes`, not readable or not plain. */
export async function readRegular(file: string, mostBytes: number): Promise<string | null> {
  const bytes = await readRegularBytes(file, mostBytes);
  return bytes === null ? null : bytes.toString('utf8');
}

/** The same, as bytes. */
export async function readRegularBytes(file: string, mostBytes: number): Promise<Buffer | null> {
  try {
    await using handle = await openRegular(file, 'read');
    const { size } = await handle.stat();
    if (size > mostBytes) return null;
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } catch {
    return null; // what cannot be read counts as missing
  }
}

function notPlain(file: string): StorageError {
  const message = `${path.basename(file)} is no plain file of the recording`;
  return new StorageError('disk-error', message, { refused: { cannot: 'read', file } });
}
