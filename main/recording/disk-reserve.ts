import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';

/** Enough to close 25 tracks, with some seconds of silence each (an hour takes 0.6 MB), and a large manifest. */
const RESERVE_BYTES = 512 * 1024;

/**
 * 512 KiB of disk that nobody else can take, for closing a recording when the disk is full. A file without a name: it
 * shows nowhere, and a crash frees it. Its bytes are random, so that no file system can compress them.
 */
export class DiskReserve implements AsyncDisposable {
  #handle: FileHandle | null;

  /** Without 512 KiB left on the disk there is no reserve. Throws any other error of the system. */
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

  /** Frees the space. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
