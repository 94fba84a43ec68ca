import { Worker } from 'node:worker_threads';
import { findUpwards } from '../base/find-upwards.ts';

/** A recording that could not be recovered, and why, for the log. */
export interface NotRecovered {
  readonly folder: string;
  readonly message: string;
}

/** Where dead recordings are, and the key of their seals. */
export interface DeadRecordings {
  readonly libraryFolder: string;
  readonly settingsFolder: string;
}

/**
 * `recoverLibrary` in a thread of its own, beside a recording under way: whatever lies in the library, however large,
 * holds up no packet. Does not keep the process alive: what is not recovered when it ends is left to the next one.
 */
export function recoverInWorker(
  dead: DeadRecordings,
  onFailure: (failure: NotRecovered) => void,
): void {
  const file = findUpwards('recovery-worker.js', 'out/main/recovery-worker.js');
  const worker = new Worker(file, { workerData: dead });
  worker.on('message', onFailure);
  worker.on('error', ({ message }) => onFailure({ folder: dead.libraryFolder, message }));
  worker.unref();
}
