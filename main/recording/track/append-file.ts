import { open, type FileHandle } from 'node:fs/promises';
import { toStorageError, type StorageError } from '../storage-error.ts';
import type { Turns } from './turns.ts';

/** Queued beyond this, bytes are written without waiting for the next tick. */
const MOST_QUEUED_BYTES = 64 * 1024;

export interface AppendFileOptions {
  /** Called with the first failure, and once more when `retry` fails too. */
  readonly onError: (error: StorageError) => void;
  /** Whose turn it is to sync: shared by the files of a recording. */
  readonly syncs: Turns;
}

/**
 * A new file that only grows. Chunks queue without waiting; one writer drains them in order, and a flush ends with the
 * bytes on the disk itself. Writing does not wait for a disk that takes its time to sync. After a failure the file ends with the last chunk that was written whole. What a full disk
 * keeps out waits in the queue for `retry`; after any other failure everything pushed is ignored.
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
  #draining: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;
  #failure: StorageError | null = null;
  /** The queue holds everything that is not in the file, in order, although writing has failed. */
  #waitsForSpace = false;
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

  /** Whether what is pushed can still get into the file. */
  get takes(): boolean {
    return !this.#closed && (this.#failure === null || this.#waitsForSpace);
  }

  /** Queues a chunk that is whole by itself, such as a page or a line. The bytes must not change any more. */
  push(chunk: Uint8Array): void {
    if (!this.takes) return;
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

  /** Writes what is queued and syncs it. Never rejects. */
  async flush(): Promise<void> {
    await this.#drain();
    await this.#syncing; // began before, perhaps before the last was written
    if (this.#unsynced)
      this.#syncing ??= this.#sync().finally(() => {
        this.#syncing = null;
      });
    await this.#syncing;
  }

  /** After a full disk has been given space: writes what waits, as if nothing had been. Never rejects. */
  async retry(): Promise<void> {
    await this.#draining;
    if (!this.#waitsForSpace) return;
    this.#waitsForSpace = false;
    this.#failure = null;
    await this.flush();
  }

  /** Flushes and closes. Never rejects: what went wrong is `failure`. */
  async close(): Promise<void> {
    if (this.#closed) return this.#draining ?? undefined;
    do await this.flush();
    while (this.#isBehind && this.#failure === null); // what came meanwhile
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

  get #isBehind(): boolean {
    const isAtWork = this.#draining !== null || this.#syncing !== null;
    return this.#queue.length > 0 || isAtWork || this.#unsynced;
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#work().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #work(): Promise<void> {
    while (this.#failure === null && this.#queue.length > 0) await this.#write();
  }

  async #write(): Promise<void> {
    const chunks = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    const start = this.#writtenBytes;
    try {
      this.#handle ??= await open(this.#path, 'wx');
      await writeAll(this.#handle, Buffer.concat(chunks), start, (bytes) => {
        this.#writtenBytes += bytes;
      });
      this.#unsynced = true;
    } catch (error) {
      await this.#takeBack(chunks, start).then(
        () => (this.#waitsForSpace = this.#failure === null && isFull(error)),
        () => undefined, // the file ends in a torn chunk: nothing can follow it
      );
      this.#fail(error);
    }
  }

  /** Cuts the file behind the last of `chunks` that is whole, and puts those that are not first in the queue. */
  async #takeBack(chunks: readonly Uint8Array[], start: number): Promise<void> {
    let end = start;
    let wholeCount = 0;
    for (const { byteLength } of chunks) {
      if (end + byteLength > this.#writtenBytes) break;
      end += byteLength;
      wholeCount += 1;
    }
    await this.#handle?.truncate(end);
    this.#writtenBytes = end;
    this.#queue = [...chunks.slice(wholeCount), ...this.#queue];
    this.#queuedBytes = this.#queue.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  async #sync(): Promise<void> {
    this.#unsynced = false;
    await this.#try((handle) => this.#options.syncs.run(() => handle.datasync()));
  }

  async #try(work: (handle: FileHandle) => Promise<void>): Promise<void> {
    if (this.#failure !== null) return;
    try {
      this.#handle ??= await open(this.#path, 'wx');
      await work(this.#handle);
    } catch (error) {
      this.#waitsForSpace = false; // also when a write has failed meanwhile: what was written may not be there
      this.#queue = [];
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = toStorageError(error, `cannot write ${this.#path}`);
    if (!this.#waitsForSpace) this.#queue = [];
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

function isFull(error: unknown): boolean {
  return toStorageError(error, '').reason === 'disk-full';
}
