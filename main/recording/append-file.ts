import { open, type FileHandle } from 'node:fs/promises';
import { toStorageError, type StorageError } from './storage-error.ts';
import type { Turns } from './turns.ts';

/** Queued beyond this, bytes are written without waiting for the next tick. */
const MOST_QUEUED_BYTES = 64 * 1024;

export interface AppendFileOptions {
  /** Called once, with the first failure; everything pushed after it is ignored. */
  readonly onError: (error: StorageError) => void;
  /** Whose turn it is to sync: shared by the files of a recording. */
  readonly syncs: Turns;
}

/**
 * A new file that only grows. Chunks queue without waiting; one writer drains them in order, and a flush ends with the
 * bytes on the disk itself. After a failure the file ends with the last chunk that was written whole.
 */
export class AppendFile implements AsyncDisposable {
  readonly #path: string;
  readonly #options: AppendFileOptions;
  #handle: FileHandle | null = null;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #writtenBytes = 0;
  /** Length of the file as its user sees it: written and queued. */
  #length = 0;
  #unsynced = false;
  #syncWanted = false;
  #draining: Promise<void> | null = null;
  #failure: StorageError | null = null;
  #closed = false;

  constructor(path: string, options: AppendFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Bytes of it that are in the file. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  get failure(): StorageError | null {
    return this.#failure;
  }

  /** Queues a chunk that is whole by itself, such as a page or a line. The bytes must not change any more. */
  push(chunk: Uint8Array): void {
    if (this.#failure !== null || this.#closed) return;
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.byteLength;
    this.#length += chunk.byteLength;
    if (this.#queuedBytes > MOST_QUEUED_BYTES) void this.#drain();
  }

  /** Puts `chunk` in place of the last one pushed, which was as long. */
  async replaceLast(chunk: Uint8Array): Promise<void> {
    if (this.#queue.length > 0) {
      this.#queue[this.#queue.length - 1] = chunk;
      return;
    }
    await this.#draining;
    const at = this.#length - chunk.byteLength;
    await this.#try(async (handle) => {
      await writeAll(handle, chunk, at);
      this.#unsynced = true;
    });
  }

  /** Writes what is queued and syncs it. One at a time: a call during another is done by it. Never rejects. */
  flush(): Promise<void> {
    if (this.#queue.length > 0 || this.#unsynced) this.#syncWanted = true;
    return this.#drain();
  }

  /** Flushes and closes. Never rejects: what went wrong is `failure`. */
  async close(): Promise<void> {
    if (this.#closed) return this.#draining ?? undefined;
    await this.flush();
    this.#closed = true;
    const handle = this.#handle;
    this.#handle = null;
    try {
      await handle?.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#work().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #work(): Promise<void> {
    while (this.#failure === null && (this.#queue.length > 0 || this.#syncWanted)) {
      if (this.#queue.length > 0) await this.#write();
      else await this.#sync();
    }
  }

  async #write(): Promise<void> {
    const chunks = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    const start = this.#writtenBytes;
    await this.#try(async (handle) => {
      try {
        await writeAll(handle, Buffer.concat(chunks), start, (bytes) => {
          this.#writtenBytes += bytes;
        });
      } catch (error) {
        await handle.truncate(endOfWhole(chunks, start, this.#writtenBytes));
        throw error;
      }
      this.#unsynced = true;
    });
  }

  async #sync(): Promise<void> {
    this.#syncWanted = false;
    if (!this.#unsynced) return;
    this.#unsynced = false;
    await this.#try((handle) => this.#options.syncs.run(() => handle.datasync()));
  }

  async #try(work: (handle: FileHandle) => Promise<void>): Promise<void> {
    if (this.#failure !== null) return;
    try {
      this.#handle ??= await open(this.#path, 'wx');
      await work(this.#handle);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = toStorageError(error, `cannot write ${this.#path}`);
    this.#queue = [];
    this.#options.onError(this.#failure);
  }
}

/** A write may take only a part, on a disk that is nearly full. */
async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  at: number,
  onWritten: (bytes: number) => void = () => undefined,
): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, at + done);
    done += bytesWritten;
    onWritten(bytesWritten);
  }
}

/** Where the last of `chunks` ends that is whole when the file ends at `written`. */
function endOfWhole(chunks: readonly Uint8Array[], start: number, written: number): number {
  let end = start;
  for (const { byteLength } of chunks) {
    if (end + byteLength > written) break;
    end += byteLength;
  }
  return end;
}
