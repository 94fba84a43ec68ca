import path from 'node:path';
import { renderFile } from '../../main/export/render.ts';
import { toExportError } from '../../main/export/export-error.ts';
import type { RunJob } from '../../main/export/render-in-worker.ts';

/** Runs an export's jobs in this thread, with the functions that the worker calls, so without a build. */
export const renderHere: RunJob = async (job, onProgress, signal) => {
  try {
    return await renderFile(job, { isCancelled: () => signal.aborted, onProgress });
  } catch (error) {
    throw toExportError(error, path.dirname(job.file));
  }
};
