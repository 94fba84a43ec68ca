import { readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LogSink } from '../base/log.ts';
import { appendToFile, makeOwnFolder } from '../base/plain-file.ts';

/** One file is what a person can still open and send; five of them reach back for weeks of ordinary use. */
const MOST_BYTES = 1024 * 1024;
const FILE_COUNT = 5;
/** More than a burst of any one event; beyond it lines are dropped, so a stuck disk cannot fill the memory. */
const MOST_WAITING_LINES = 10_000;

/** Limits of a log: 1 MiB a file and five files unless given. */
export interface LogFileOptions {
  readonly mostBytes?: number;
  readonly fileCount?: number;
}

/**
 * `tapedeck.log` in a folder of its own, one JSON object a line; at 1 MiB it becomes `tapedeck.1.log`, the one before
 * `tapedeck.2.log`, and the fifth is dropped. Lines are written in the background, several at a time. A disk that
 * refuses costs the log only: nothing is thrown.
 */
export class LogFile implements AsyncDisposable {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #fileCount: number;
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;

  constructor(folder: string, options: LogFileOptions = {}) {
    this.#folder = folder;
    this.#mostBytes = options.mostBytes ?? MOST_BYTES;
    this.#fileCount = options.fileCount ?? FILE_COUNT;
  }

  /** A sink for `createLog`. Makes the folder with the first line. */
  readonly sink: LogSink = (_level, line) => {
    if (this.#waiting.length >= MOST_WAITING_LINES) return;
    this.#waiting.push(line);
    this.#writing ??= this.#drain();
  };

  /** The newest `lineCount` lines, oldest first, or all there are. */
  async newest(lineCount: number): Promise<string[]> {
    await this.close();
    const lines: string[] = [];
    for (let index = 0; index < this.#fileCount && lines.length < lineCount; index += 1) {
      const text = await readFile(this.#name(index), 'utf8').catch(() => '');
      lines.unshift(...text.split('\n').filter((line) => line !== ''));
    }
    return lines.slice(-lineCount);
  }

  /** Resolves when everything handed over is written, or refused by the disk. */
  async close(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #drain(): Promise<void> {
    try {
      await makeOwnFolder(this.#folder);
      while (this.#waiting.length > 0) {
        const text = `${this.#waiting.join('\n')}\n`;
        this.#waiting = [];
        await this.#makeRoom(Buffer.byteLength(text));
        await appendToFile(this.#name(0), text);
      }
    } catch {
      this.#waiting = []; // a log that cannot be written has nowhere to say so
    } finally {
      this.#writing = null;
    }
  }

  /** The size is asked each time: the app and the command line may write to the same file. */
  async #makeRoom(bytes: number): Promise<void> {
    const size = await sizeOf(this.#name(0));
    if (size === 0 || size + bytes <= this.#mostBytes) return;
    for (let index = this.#fileCount - 2; index >= 0; index -= 1) {
      if ((await sizeOf(this.#name(index))) > 0)
        await rename(this.#name(index), this.#name(index + 1));
    }
  }

  #name(index: number): string {
    return path.join(this.#folder, index === 0 ? 'tapedeck.log' : `tapedeck.${String(index)}.log`);
  }
}

/** Zero when there is no such file. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
