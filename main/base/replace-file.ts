import { lstat, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from './errors.ts';
import { besideFile, createFile, openPlainFile, syncNames } from './plain-file.ts';

/**
 * Replaces `file` by `content` whole: written beside it, synced, renamed over it, and the folder synced where the system
 * can. A reader sees the old or the new one, never a part. A link is replaced, not followed. Where the disk has modes,
 * only this user can read it. Throws the system's error; nothing half-written stays.
 */
export function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  return replaceBy(file, (handle) => handle.writeFile(content));
}

const PIECE_BYTES = 256 * 1024;

/** Replaces `file` by a copy of its own that shares its bytes with no other name. Throws NotPlainFile or the system's error. */
export async function replaceByCopy(file: string): Promise<void> {
  await using from = await openPlainFile(file, 'read');
  await replaceBy(file, async (handle) => {
    for (;;) {
      const { bytesRead, buffer } = await from.read(Buffer.allocUnsafeSlow(PIECE_BYTES));
      if (bytesRead === 0) return;
      await handle.appendFile(buffer.subarray(0, bytesRead));
    }
  });
}

/** As `replaceFile`, with what `write` puts into the new file. Throws what `write` throws too. */
export async function replaceBy(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const beside = besideFile(file, 'new');
  try {
    const handle = await createFile(beside);
    try {
      await write(handle);
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

/** What `replaceBy` leaves beside a file when the process dies, and what it left before its names were random. */
const LEFT_BESIDE = /^(.+?)(?:\.(?:[0-9a-f]{16}|\d+))?\.(new|old)$/su;

/**
 * Ends what died while it replaced those files of a folder (names in NFC): a file that had been moved aside and has no
 * successor gets its name back, everything else that was left beside them is removed. A link among it is removed and not
 * followed. Does nothing in a folder that is a link or cannot be listed. Never throws.
 */
export async function finishReplacing(folder: string, names: ReadonlySet<string>): Promise<void> {
  try {
    if (!(await lstat(folder)).isDirectory()) return;
    const entries = await readdir(folder, { withFileTypes: true });
    const present = new Set(entries.map(({ name }) => name));
    for (const entry of entries) {
      const [, name = '', ending] = LEFT_BESIDE.exec(entry.name) ?? [];
      if (entry.isDirectory() || !names.has(name.normalize('NFC'))) continue;
      const beside = path.join(folder, entry.name);
      if (ending === 'old' && entry.isFile() && !present.has(name)) {
        await rename(beside, path.join(folder, name));
        present.add(name);
      } else await rm(beside, { force: true });
    }
  } catch {
    // a folder that cannot be listed or changed stays as it is
  }
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
    const aside = besideFile(to, 'old');
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
    await syncNames(folder);
  } catch {
    // the files are on the disk; without the folder's sync their names may be lost in a power cut
  }
}
