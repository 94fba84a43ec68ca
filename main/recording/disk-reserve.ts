import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';

/** Enough to close 25 tracks and a large manifest: an hour of silence in a track takes about 0.6 MB, seconds nothing. */
const RESERVE_BYTES = 512 * 1024;

/**
 * Space on the disk that nobody else can have, for closing a recording when the disk is full. A file without a name:
 * nothing is seen of it, and a crash gives it back. Random, so that no file system packs it.
 */
export class DiskReserve implements AsyncDisposable {
  #handle: FileHandle | null;

  /** Where the disk cannot give that much, there is no reserve; other errors are thrown as they are. */
  static async take(folder: string): Promise<DiskReserve> {
    const file = path.join(folder, '.reserve');
    let handle: FileHandle | null = null;
    try {
      handle = await open(file, 'wx');
      await rm(file);
      await handle.writeFile(randomBytes(RESERVE_BYTES));
      await handle.datasync();
      return new DiskReserve(handle);
    } catch (error) {
      await handle?.close();
      if (systemErrorCode(error) === 'ENOSPC' || systemErrorCode(error) === 'EDQUOT')
        return new DiskReserve(null);
      throw error;
    }
  }

  private constructor(handle: FileHandle | null) {
    this.#handle = handle;
  }

  /** Gives the space free. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
