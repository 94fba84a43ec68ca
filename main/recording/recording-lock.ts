import { lstat, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../base/errors.ts';
import { createFile } from '../base/plain-file.ts';
import { LOCK_FILE } from './layout.ts';
import { readRegular } from './open-regular.ts';
import { ownProcess, processState, type ProcessMark } from '../base/process-mark.ts';

/** How often a process refreshes its lock. */
export const LOCK_REFRESH_MS = 2_000;

/** A lock of another computer is dead after so long without a refresh. */
const DEAD_AFTER_MS = 60_000;

const MOST_LOCK_BYTES = 4_096;

/** Of the largest integer that a Number holds. */
const SAMPLES_DIGITS = 16;

const lockSchema = z.object({
  host: z.string(),
  bootId: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  pid: z.int().positive(),
  processStartedAt: z.string().nullable(),
  /** Length of the recording at the refresh; left out by older versions, and while a dead recording is closed. */
  samples: z.int().nonnegative().optional(),
});

/** `recording.lock`, held by this process: other processes leave the folder alone meanwhile. */
export class RecordingLock implements AsyncDisposable {
  readonly #file: string;
  readonly #mark: ProcessMark;
  #handle: FileHandle | null;

  /** Makes the lock of a folder that has none, for a recording that begins. Throws the system's error, `EEXIST` when there is a lock. */
  static async take(folder: string, wallMs: number): Promise<RecordingLock> {
    const file = path.join(folder, LOCK_FILE);
    const mark = await ownProcess();
    const handle = await createFile(file);
    const lock = new RecordingLock(file, mark, handle);
    await lock.refresh(wallMs, 0);
    return lock;
  }

  private constructor(file: string, mark: ProcessMark, handle: FileHandle) {
    this.#file = file;
    this.#mark = mark;
    this.#handle = handle;
  }

  /**
   * Writes the text again with the time `wallMs` and the length so far. The text's own length never changes, so that no
   * reader sees a part of it.
   */
  async refresh(wallMs: number, samples: number): Promise<void> {
    const text = JSON.stringify({
      ...this.#mark,
      refreshedAt: new Date(wallMs).toISOString(),
    });
    const length = String(samples).padStart(SAMPLES_DIGITS);
    const bytes = Buffer.from(`${text.slice(0, -1)},"samples":${length}}\n`);
    await this.#handle?.write(bytes, 0, bytes.byteLength, 0);
  }

  /** Removes the lock. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    if (handle === null) return;
    await handle.close();
    await rm(this.#file, { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * State of a folder's lock. `none`: there is no lock; `live`: its process writes; `dead`: its process is gone, or is on
 * another computer and has not refreshed the lock for 60 s, or the lock cannot be read.
 */
export async function lockState(folder: string, wallMs: number): Promise<'none' | 'live' | 'dead'> {
  const file = path.join(folder, LOCK_FILE);
  let modifiedMs: number;
  try {
    modifiedMs = (await lstat(file)).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 'none';
    throw error;
  }
  const mark = parseLock(await readRegular(file, MOST_LOCK_BYTES));
  if (mark === null) return 'dead';
  const state = await processState(mark);
  if (state !== 'elsewhere') return state;
  return Math.abs(wallMs - modifiedMs) > DEAD_AFTER_MS ? 'dead' : 'live';
}

/**
 * Puts a lock of this process in place of a dead one, or of none. Null when another process was faster. Throws the
 * system's error.
 */
export async function takeOver(folder: string, wallMs: number): Promise<RecordingLock | null> {
  const file = path.join(folder, LOCK_FILE);
  const aside = path.join(folder, `${LOCK_FILE}.${String(process.pid)}.dead`);
  try {
    await rename(file, aside);
    const mark = parseLock(await readRegular(aside, MOST_LOCK_BYTES));
    if (mark !== null && (await processState(mark)) === 'live') {
      await rename(aside, file); // a living process replaced the lock in between
      return null;
    }
    await rm(aside, { force: true });
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error; // no lock, or another process is removing it
  }
  try {
    return await RecordingLock.take(folder, wallMs);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return null;
    throw error;
  }
}

/** Samples that the recording had when its process last refreshed the lock; null when no lock tells. */
export async function lockedSamples(folder: string): Promise<number | null> {
  const lock = parseLock(await readRegular(path.join(folder, LOCK_FILE), MOST_LOCK_BYTES));
  return lock?.samples ?? null;
}

function parseLock(text: string | null): z.infer<typeof lockSchema> | null {
  if (text === null) return null;
  try {
    const result = lockSchema.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null; // not JSON
  }
}
