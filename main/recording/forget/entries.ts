import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { toStorageError } from '../storage-error.ts';

/** What lies in a folder. */
export interface Entry {
  /** As the disk spells it. */
  readonly name: string;
  /** Absolute. */
  readonly place: string;
  readonly kind: 'file' | 'folder' | 'other';
}

/** None where there is no such folder, or it is a link. Throws StorageError. */
export async function entriesOf(folder: string): Promise<readonly Entry[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      place: path.join(folder, entry.name),
      kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
    }));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw toStorageError(error, { cannot: 'read', file: folder });
  }
}
