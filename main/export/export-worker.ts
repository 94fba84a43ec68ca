import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toExportError } from './export-error.ts';
import { renderFile } from './render.ts';
import type { WorkerInput, WorkerMessage } from './worker-message.ts';

/** Often enough for a progress bar, at any speed. */
const PROGRESS_PAUSE_MS = 100;

// eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- only render-in-worker.ts starts this file
const { job, cancelled } = workerData as WorkerInput;
const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

let toldAtMs = -Infinity;
const onProgress = (samplesDone: number): void => {
  const nowMs = performance.now();
  if (nowMs - toldAtMs < PROGRESS_PAUSE_MS) return;
  toldAtMs = nowMs;
  tell({ kind: 'progress', samplesDone });
};

try {
  const isCancelled = (): boolean => Atomics.load(cancelled, 0) !== 0;
  tell({ kind: 'done', file: await renderFile(job, { isCancelled, onProgress }) });
} catch (error) {
  const { reason, message, details } = toExportError(error, path.dirname(job.file));
  tell({ kind: 'failed', reason, message, details });
}
