import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { findUpwards } from '../base/find-upwards.ts';
import { ExportError, toExportError } from './export-error.ts';
import type { RenderedFile, RenderJob } from './render.ts';
import type { WorkerInput, WorkerMessage } from './worker-message.ts';

/** Runs a job to its end: `renderFile` in this or another thread. Rejects with ExportError; the file is removed then. */
export type RunJob = (
  job: RenderJob,
  onProgress: (samplesDone: number) => void,
  signal: AbortSignal,
) => Promise<RenderedFile>;

/** Runs a job in a worker thread of its own; resolves or rejects when the thread has ended. */
export const renderInWorker: RunJob = async (job, onProgress, signal) => {
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerInput = { job, cancelled };
  const file = findUpwards('export-worker.js', 'out/main/export-worker.js');
  const worker = new Worker(file, { workerData });
  const onAbort = (): void => {
    Atomics.store(cancelled, 0, 1);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await outcome(worker, job, onProgress);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

function outcome(
  worker: Worker,
  job: RenderJob,
  onProgress: (samplesDone: number) => void,
): Promise<RenderedFile> {
  return new Promise((resolve, reject) => {
    let last: Exclude<WorkerMessage, { kind: 'progress' }> | null = null;
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.samplesDone);
      else last = message;
    });
    worker.on('error', (error) => reject(toExportError(error, dirname(job.file))));
    worker.on('exit', (code) => {
      if (last?.kind === 'done') resolve(last.file);
      else if (last?.kind === 'failed') {
        const { reason, message, details } = last;
        reject(new ExportError(reason, message, { details }));
      } else
        reject(new ExportError('fault', `the worker ended with ${String(code)} and no result`));
    });
  });
}
