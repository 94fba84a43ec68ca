import { readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { appendToFile, makeOwnFolder } from '../base/plain-file.ts';

/** The beginning of a run is kept for good: first contact is in it. The rest is a ring of two files. */
const HEAD_BYTES = 1024 * 1024;
const RING_BYTES = 3 * 1024 * 1024;

const RUNS_KEPT = 8;

/** A second of lines goes to the disk together. */
const BATCH_MS = 1_000;

/** Above what a disk that is slow for a minute leaves behind; more is dropped and counted. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** Limits of a flight file: 4 MiB a run and eight runs unless given. */
export interface FlightFileOptions {
  readonly headBytes?: number;
  readonly ringBytes?: number;
  readonly runsKept?: number;
}

/** A run's parts in the order they were written: its beginning, and the older and the newer half of the ring. */
const PARTS = ['head', 'older', 'newer'] as const;
type Part = (typeof PARTS)[number];

/** `2026-12-01T10-15-30-123Z-4711.head.jsonl` */
const FILE_NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-\d+)\.(head|older|newer)\.jsonl$/;

/**
 * The lines of one run, in files of a folder that holds the newest runs. Lines are written in the background, a second
 * of them together. A disk that refuses costs lines only: nothing is thrown, and `dropped` counts them.
 */
export class FlightFile implements AsyncDisposable {
  readonly #folder: string;
  readonly #run: string;
  readonly #limits: Required<FlightFileOptions>;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #written = { head: 0, newer: 0 };
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** Of `#waitingBytes`, those that a write under way or behind one holds: a slow disk cannot fill the memory. */
  #writingBytes = 0;
  #dropped = 0;
  #isPruned = false;

  constructor(folder: string, startedAt: Date, options: FlightFileOptions = {}) {
    this.#folder = folder;
    this.#run = `${startedAt.toISOString().replaceAll(/[:.]/g, '-')}-${String(process.pid)}`;
    this.#limits = {
      headBytes: HEAD_BYTES,
      ringBytes: RING_BYTES,
      runsKept: RUNS_KEPT,
      ...options,
    };
  }

  /** Lines that were not written so far: too many at a time, or refused by the disk. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one line, without its end. */
  push(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#waitingBytes + bytes > MOST_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    this.#timer ??= setTimeout(() => void this.flush(), BATCH_MS).unref();
  }

  /** Resolves when every line so far is written, or refused by the disk. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting;
    const bytes = this.#waitingBytes - this.#writingBytes;
    this.#waiting = [];
    this.#writingBytes += bytes;
    this.#writing = this.#writing
      .then(() => this.#write(lines))
      .finally(() => {
        this.#writingBytes -= bytes;
        this.#waitingBytes -= bytes;
      });
    return this.#writing;
  }

  close(): Promise<void> {
    return this.flush();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await makeOwnFolder(this.#folder);
      if (!this.#isPruned) await forgetRuns(this.#folder, this.#limits.runsKept - 1);
      this.#isPruned = true;
      const text = `${lines.join('\n')}\n`;
      const bytes = Buffer.byteLength(text);
      const isHead =
        this.#written.newer === 0 && this.#written.head + bytes <= this.#limits.headBytes;
      const part = isHead ? 'head' : 'newer';
      const isFull = this.#written.newer + bytes > this.#limits.ringBytes / 2;
      if (part === 'newer' && this.#written.newer > 0 && isFull) {
        await rename(this.#name('newer'), this.#name('older'));
        this.#written.newer = 0;
      }
      await appendToFile(this.#name(part), text);
      this.#written[part] += bytes;
    } catch {
      this.#dropped += lines.length; // a full disk is told by the recording itself
    }
  }

  #name(part: Part): string {
    return path.join(this.#folder, `${this.#run}.${part}.jsonl`);
  }
}

/** Where the runs lie, beside the log. */
export function flightFolder(logs: string): string {
  return path.join(logs, 'flight');
}

/** One run as it lies on disk. */
export interface KeptRun {
  /** Start and process: `2026-12-01T10-15-30-123Z-4711`. */
  readonly run: string;
  readonly text: string;
}

/** The newest runs, newest first, as many as fit into `mostBytes`; the newest always. None where there is no folder. */
export async function newestRuns(folder: string, mostBytes: number): Promise<KeptRun[]> {
  const kept: KeptRun[] = [];
  let bytes = 0;
  for (const run of await runsIn(folder)) {
    const texts: string[] = [];
    for (const part of PARTS)
      texts.push(await readFile(path.join(folder, `${run}.${part}.jsonl`), 'utf8').catch(() => ''));
    const text = texts.join('');
    bytes += Buffer.byteLength(text);
    if (bytes > mostBytes && kept.length > 0) break;
    kept.push({ run, text });
  }
  return kept;
}

/** Newest first. */
async function runsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const runs = names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
  return [...new Set(runs)].sort().reverse();
}

/** Runs whose process is alive stay, however old. */
async function forgetRuns(folder: string, keep: number): Promise<void> {
  for (const run of (await runsIn(folder)).slice(keep)) {
    if (isAlive(Number(run.split('-').at(-1)))) continue;
    for (const part of PARTS) await rm(path.join(folder, `${run}.${part}.jsonl`), { force: true });
  }
}

/** Also of another user's process. A number that a later process has by chance keeps a file longer, no more. */
function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}
