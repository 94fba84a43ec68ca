import { isDiskFull, systemErrorCall, systemErrorCode, TapedeckError } from '../base/errors.ts';
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

/** Ends the name of a file that is not finished. */
export const UNFINISHED_ENDING = '.part';

/** What fills the places of the sentence about a failed export. */
export type ExportErrorDetails = Readonly<Record<string, string | number>>;

/** An export that failed as a whole: nothing of it is left on disk. */
export class ExportError extends TapedeckError<ExportErrorReason> {
  readonly details: ExportErrorDetails;

  constructor(
    reason: ExportErrorReason,
    message: string,
    options: ErrorOptions & { readonly details?: ExportErrorDetails } = {},
  ) {
    super(reason, message, options);
    this.details = options.details ?? {};
  }
}

/**
 * Anything thrown while exporting into `folder`, as an ExportError: a file of the recording by what could not be read, a
 * system error as one of the target, everything else as a fault.
 */
export function toExportError(thrown: unknown, folder: string): ExportError {
  if (thrown instanceof ExportError) return thrown;
  if (thrown instanceof StorageError) {
    const details = { ...thrown.refused };
    return new ExportError('disk-error', thrown.message, { cause: thrown, details }); // a track, which is only read
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const reason = reasonOf(thrown);
  const details = reason === 'fault' ? {} : refusedBy(thrown, folder);
  return new ExportError(reason, message, { cause: thrown, details });
}

/** Of a file under its final name that file, of any other the folder. */
function refusedBy(thrown: unknown, folder: string): ExportErrorDetails {
  const { syscall, path: file } = systemErrorCall(thrown);
  const isFinal = file !== null && !file.endsWith(UNFINISHED_ENDING);
  return { cannot: syscall === 'read' ? 'read' : 'write', file: isFinal ? file : folder };
}

function reasonOf(thrown: unknown): ExportErrorReason {
  if (isDiskFull(thrown)) return 'disk-full';
  const code = systemErrorCode(thrown);
  // Node's own failures are ERR_…: wrong arguments, not the disk's doing.
  return code === null || code.startsWith('ERR_') ? 'fault' : 'disk-error';
}
