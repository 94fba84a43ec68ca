import { createHash, type Hash } from 'node:crypto';
import { rm, type FileHandle } from 'node:fs/promises';
import { isDiskFull } from '../../base/errors.ts';
import { createFile } from '../../base/plain-file.ts';
import { syncFile } from '../../base/replace-file.ts';
import { toStorageError, type StorageError } from '../storage-error.ts';
import type { Semaphore } from './semaphore.ts';

/** With more than this queued, `push` starts writing; less waits for `flush`. */
const MOST_QUEUED_BYTES = 64 * 1024;

export interface AppendFileOptions {
  /** Called with the first failure, and once more when `retry` fails too. */
  readonly onError: (error: StorageError) => void;
  /** Limits how many files sync at a time; shared by the files of a recording. */
  readonly syncs: Semaphore;
  /** Waited for before the file is made. Never rejects. */
  readonly after?: () => Promise<void>;
}

/**
 * A new file that only grows. `push` queues a chunk without waiting; one writer drains the queue in order; `flush` also
 * syncs, and writing does not wait for a slow sync. After a failure the file ends with the last chunk written whole. On
 * a full disk the rest waits in the queue for `retry`; after any other failure pushed chunks are ignored.
 */
export class AppendFile implements AsyncDisposable {
  readonly #path: string;
  readonly #options: AppendFileOptions;
  #handle: FileHandle | null = null;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #writtenBytes = 0;
  /** SHA-256 of the chunks that are written whole, and their bytes. */
  #hash: Hash = createHash('sha256');
  #hashedBytes = 0;
  /** The same without the last chunk, which may be replaced. */
  #hashBeforeLast: Hash = this.#hash.copy();
  #synced: { readonly bytes: number; readonly hash: Hash } = { bytes: 0, hash: this.#hash.copy() };
  /** Bytes pushed so far, written or queued. */
  #length = 0;
  #unsynced = false;
  #draining: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;
  #failure: StorageError | null = null;
  /** The disk is full: the queue holds everything that is not in the file, in order. */
  #waitsForSpace = false;
  #closed = false;
  #discarded = false;

  constructor(path: string, options: AppendFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Bytes in the file so far. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** What a sync has put on the disk: the first `bytes` of the file, with their SHA-256. */
  get onDisk(): { readonly bytes: number; readonly sha256: string } {
    const { bytes, hash } = this.#synced;
    return { bytes, sha256: hash.copy().digest('hex') };
  }

  get failure(): StorageError | null {
    return this.#failure;
  }

  /** Whether a chunk that is pushed can still get into the file. */
  get takes(): boolean {
    return !this.#closed && (this.#failure === null || this.#waitsForSpace);
  }

  /** Queues a chunk that is whole by itself, such as a page or a line. The bytes must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (!this.takes) return;
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.byteLength;
    this.#length += chunk.byteLength;
    if (this.#queuedBytes > MOST_QUEUED_BYTES) void this.#drain();
  }

  /** Puts `chunk` in the place of the last chunk pushed, which must have the same length. Never rejects. */
  async replaceLast(chunk: Uint8Array): Promise<void> {
    if (this.#queue.length > 0) {
      this.#queue[this.#queue.length - 1] = chunk;
      return;
    }
    await this.#draining;
    const at = this.#length - chunk.byteLength;
    await this.#try(async (handle) => {
      await writeAll(handle, chunk, at);
      this.#hash = this.#hashBeforeLast.copy().update(chunk);
      this.#unsynced = true;
    });
  }

  /** Writes what is queued and syncs it. Never rejects. */
  async flush(): Promise<void> {
    await this.#drain();
    await this.#syncing; // that sync may have begun before the last write
    if (this.#unsynced)
      this.#syncing ??= this.#sync().finally(() => {
        this.#syncing = null;
      });
    await this.#syncing;
  }

  /** Once a full disk has space again: forgets the failure and writes what waits in the queue. Never rejects. */
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
    while (this.#isBehind && this.#failure === null); // chunks may be pushed meanwhile
    this.#closed = true;
    const handle = this.#handle;
    this.#handle = null;
    try {
      await handle?.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Drops what is queued, closes the file and removes it. Throws the system's error when it cannot be removed. */
  async discard(): Promise<void> {
    this.#closed = true;
    this.#discarded = true;
    this.#queue = [];
    await this.#draining;
    await this.#syncing;
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close().catch(() => undefined); // whatever the disk says of bytes that nobody wants
    await rm(this.#path, { force: true });
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

  async #open(): Promise<FileHandle> {
    await this.#options.after?.();
    return createFile(this.#path);
  }

  async #work(): Promise<void> {
    while (this.#failure === null && !this.#discarded && this.#queue.length > 0)
      await this.#write();
  }

  async #write(): Promise<void> {
    const chunks = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    const start = this.#writtenBytes;
    try {
      this.#handle ??= await this.#open();
      await writeAll(this.#handle, Buffer.concat(chunks), start, (bytes) => {
        this.#writtenBytes += bytes;
      });
      this.#count(chunks);
      this.#unsynced = true;
    } catch (error) {
      await this.#takeBack(chunks, start).then(
        () => (this.#waitsForSpace = this.#failure === null && isDiskFull(error)),
        () => undefined, // the file ends in a torn chunk, which nothing can follow
      );
      this.#fail(error);
    }
  }

  /** Cuts the file behind the last whole one of `chunks`, and puts the others back at the head of the queue. */
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
    this.#count(chunks.slice(0, wholeCount));
    this.#queue = [...chunks.slice(wholeCount), ...this.#queue];
    this.#queuedBytes = this.#queue.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Adds chunks to the hash that are in the file. */
  #count(chunks: readonly Uint8Array[]): void {
    for (const [index, chunk] of chunks.entries()) {
      if (index === chunks.length - 1) this.#hashBeforeLast = this.#hash.copy();
      this.#hash.update(chunk);
      this.#hashedBytes += chunk.byteLength;
    }
  }

  async #sync(): Promise<void> {
    this.#unsynced = false;
    await this.#try(async (handle) => {
      const written = { bytes: this.#hashedBytes, hash: this.#hash.copy() };
      await this.#options.syncs.run(() => syncFile(handle, 'data'));
      this.#synced = written;
    });
  }

  async #try(work: (handle: FileHandle) => Promise<void>): Promise<void> {
    if (this.#failure !== null || this.#discarded) return;
    try {
      this.#handle ??= await this.#open();
      await work(this.#handle);
    } catch (error) {
      this.#waitsForSpace = false; // after a failed sync even written bytes may be lost
      this.#queue = [];
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== null || this.#discarded) return;
    this.#failure = toStorageError(error, { cannot: 'write', file: this.#path });
    if (!this.#waitsForSpace) this.#queue = [];
    this.#options.onError(this.#failure);
  }
}

/** Writes all of `bytes`: on a nearly full disk one write may take only a part. */
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
