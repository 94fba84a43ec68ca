import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from './errors.ts';

/**
 * Replaces `file` by `content` whole: written beside it, synced, renamed over it, and the folder synced where the system
 * can. A reader sees the old or the new one, never a part. Where the disk has modes, only this user can read it. Throws
 * the system's error; nothing half-written stays.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.${String(process.pid)}.new`;
  try {
    const handle = await open(beside, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await syncFile(handle);
    } finally {
      await handle.close();
    }
    await renameOver(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/** What a network or FUSE file system may answer to a rename onto a file that is there. */
const RENAME_REFUSED: readonly (string | null)[] = [
  'EEXIST',
  'EPERM',
  'EACCES',
  'EINVAL',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
];

/**
 * Renames `from` to `to`, in place of what is there. Where the disk does not rename over a file, the old file is moved
 * aside first, and put back when that was not the reason. Throws the system's error.
 */
export async function renameOver(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!RENAME_REFUSED.includes(systemErrorCode(error))) throw error;
    const aside = `${to}.old`;
    try {
      await rename(to, aside);
    } catch {
      throw error;
    }
    try {
      await rename(from, to);
    } catch {
      await rename(aside, to).catch(() => undefined);
      throw error;
    }
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** What a sync answers where the disk has no such call; every other error means that bytes may be lost. */
const SYNC_REFUSED: readonly (string | null)[] = [
  'EINVAL',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPERM',
  'EACCES',
  'EBADF',
  'ENOTTY',
];

/**
 * Puts a file's bytes on the disk; `data` leaves out its times. Does nothing where the disk cannot sync. Throws the
 * system's error when the disk lost bytes.
 */
export async function syncFile(handle: FileHandle, what: 'data' | 'all' = 'all'): Promise<void> {
  try {
    await (what === 'data' ? handle.datasync() : handle.sync());
  } catch (error) {
    if (!SYNC_REFUSED.includes(systemErrorCode(error))) throw error;
  }
}

/**
 * Makes a rename or a new name in `folder` survive a power cut, where the disk can: many network and FUSE file systems
 * refuse, and Windows has no such call. Never throws.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // the files are on the disk; without the folder's sync their names may be lost in a power cut
  }
}
