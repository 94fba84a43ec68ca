import { randomBytes } from 'node:crypto';
import { rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createFile } from '../base/plain-file.ts';
import { syncFile } from '../base/replace-file.ts';
import { RESERVE_FILE } from './layout.ts';

/** The reserve grows in steps of this. One step is enough to close a recording that has two tracks. */
const STEP_BYTES = 512 * 1024;

const incompressible = promisify(randomBytes);

/**
 * Disk that nobody else can take, for closing a recording when the disk is full. A file without a name where the disk
 * unlinks open files: it shows nowhere, and a crash frees it. Its bytes are random, so that no file system can compress
 * them. The reserve is an extra: on a disk that refuses any of this it is smaller or empty, and nothing is thrown.
 */
export class DiskReserve implements AsyncDisposable {
  readonly #file: string;
  #handle: FileHandle | null = null;
  #bytes = 0;
  #growing: Promise<void> | null = null;

  /** Takes the first 512 KiB in `folder`. */
  static async take(folder: string): Promise<DiskReserve> {
    const reserve = new DiskReserve(path.join(folder, RESERVE_FILE));
    try {
      reserve.#handle = await createFile(reserve.#file);
      await rm(reserve.#file).catch(() => undefined); // Windows and some network disks keep the name until it is closed
    } catch {
      return reserve; // no reserve on this disk
    }
    await reserve.grow(STEP_BYTES);
    return reserve;
  }

  private constructor(file: string) {
    this.#file = file;
  }

  /** Bytes held back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Grows towards `bytes`, as far as the disk has room; while it grows, another call changes nothing. Never rejects. */
  grow(bytes: number): Promise<void> {
    this.#growing ??= this.#grow(bytes).finally(() => (this.#growing = null));
    return this.#growing;
  }

  /** Frees the reserve. Never rejects. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await this.#growing;
    this.#bytes = 0;
    if (handle === null) return;
    await handle.close().catch(() => undefined);
    await rm(this.#file, { force: true }).catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #grow(bytes: number): Promise<void> {
    const handle = this.#handle;
    if (handle === null) return;
    try {
      while (this.#bytes < bytes && this.#handle === handle) {
        const step = await incompressible(STEP_BYTES);
        const { bytesWritten } = await handle.write(step, 0, STEP_BYTES, this.#bytes);
        await syncFile(handle, 'data');
        this.#bytes += bytesWritten;
        if (bytesWritten < STEP_BYTES) return; // a disk that is nearly full takes a part
      }
    } catch {
      // full: what was written is held back
    }
  }
}
