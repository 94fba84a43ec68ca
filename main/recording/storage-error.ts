import { isDiskFull, systemErrorCode, TapedeckError } from '../base/errors.ts';

/** `disk-full`: no space left; `disk-error`: the disk or a file refuses; `not-a-recording`: the folder holds none. */
export type StorageErrorReason = 'disk-full' | 'disk-error' | 'not-a-recording';

/** What could not be done, and with which file or folder (absolute). */
export interface Refused {
  readonly cannot: 'read' | 'write';
  readonly file: string;
}

/** A recording on disk could not be written, read or found. */
export class StorageError extends TapedeckError<StorageErrorReason> {
  /** Null for `not-a-recording`. */
  readonly refused: Refused | null;

  constructor(
    reason: StorageErrorReason,
    message: string,
    options: ErrorOptions & { readonly refused?: Refused } = {},
  ) {
    super(reason, message, options);
    this.refused = options.refused ?? null;
  }
}

/** Anything thrown, as a StorageError about the file that was `refused`; a StorageError stays itself. */
export function toStorageError(thrown: unknown, refused: Refused): StorageError {
  if (thrown instanceof StorageError) return thrown;
  const reason = isDiskFull(thrown) ? 'disk-full' : 'disk-error';
  const what = systemErrorCode(thrown) ?? String(thrown);
  const message = `cannot ${refused.cannot} ${refused.file}: ${what}`;
  return new StorageError(reason, message, { cause: thrown, refused });
}

/** Does `work` with a file; what it throws is thrown as a StorageError about that file. */
export async function orStorageError<T>(refused: Refused, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStorageError(error, refused);
  }
}
