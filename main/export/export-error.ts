import { systemErrorCode, TapedeckError } from '../base/errors.ts';
import { StorageError } from '../recording/storage-error.ts';

/**
 * Why an export made no file. `disk-full`: too little space, before or while writing; `disk-error`: the target cannot be
 * written or a track cannot be read; `unknown-track` and `time-outside`: the request names what the recording does not
 * have; `cancelled`: the signal was aborted; `fault`: a bug of ours.
 */
export const EXPORT_ERROR_REASONS = [
  'disk-full',
  'disk-error',
  'unknown-track',
  'time-outside',
  'cancelled',
  'fault',
] as const;
export type ExportErrorReason = (typeof EXPORT_ERROR_REASONS)[number];

/** An export that failed as a whole: nothing of it is left on disk. */
export class ExportError extends TapedeckError<ExportErrorReason> {}

/** Anything thrown while exporting, as an ExportError: a system error by its code, everything else as a fault. */
export function toExportError(thrown: unknown): ExportError {
  if (thrown instanceof ExportError) return thrown;
  if (thrown instanceof StorageError)
    return new ExportError('disk-error', thrown.message, { cause: thrown }); // a track, which is only read
  const code = systemErrorCode(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ExportError(reasonOf(code), message, { cause: thrown });
}

function reasonOf(code: string | null): ExportErrorReason {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full';
  // Node's own failures are ERR_…: wrong arguments, not the disk's doing.
  return code === null || code.startsWith('ERR_') ? 'fault' : 'disk-error';
}
