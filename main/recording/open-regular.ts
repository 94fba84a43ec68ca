import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from './storage-error.ts';

const ACCESS = { read: constants.O_RDONLY, change: constants.O_RDWR } as const;

/** Absent on Windows, where both mean nothing. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/**
 * Opens a file of a recording that may have come from anywhere: neither the file nor its folder may be a symbolic link,
 * and the file must be a plain one. Throws StorageError 'disk-error' otherwise, else the system's error.
 */
export async function openRegular(file: string, access: keyof typeof ACCESS): Promise<FileHandle> {
  const folder = await lstat(path.dirname(file));
  if (!folder.isDirectory()) throw notPlain(file);
  if ((await lstat(file)).isSymbolicLink()) throw notPlain(file);
  const handle = await open(file, ACCESS[access] | O_NOFOLLOW | O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notPlain(file);
}

/** The text of a plain file; null when the file is missing, larger than `mostBytes`, not readable or not plain. */
export async function readRegular(file: string, mostBytes: number): Promise<string | null> {
  try {
    await using handle = await openRegular(file, 'read');
    const { size } = await handle.stat();
    if (size > mostBytes) return null;
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } catch {
    return null; // what cannot be read counts as missing
  }
}

function notPlain(file: string): StorageError {
  const message = `${path.basename(file)} is no plain file of the recording`;
  return new StorageError('disk-error', message, { refused: { cannot: 'read', file } });
}
