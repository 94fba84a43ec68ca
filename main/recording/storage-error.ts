import { systemErrorCode, TapedeckError } from '../base/errors.ts';

/** `disk-full`: no space left; `disk-error`: the disk or a file refuses; `not-a-recording`: the folder holds none. */
export type StorageErrorReason = 'disk-full' | 'disk-error' | 'not-a-recording';

/** A recording on disk could not be written, read or found. */
export class StorageError extends TapedeckError<StorageErrorReason> {}

/** A used-up quota counts as a full disk. */
const FULL = ['ENOSPC', 'EDQUOT'];

/** Anything thrown, as a StorageError; `doing` begins its message, such as `cannot read …`. */
export function toStorageError(thrown: unknown, doing: string): StorageError {
  if (thrown instanceof StorageError) return thrown;
  const code = systemErrorCode(thrown);
  const reason = code !== null && FULL.includes(code) ? 'disk-full' : 'disk-error';
  return new StorageError(reason, `${doing}: ${code ?? String(thrown)}`, { cause: thrown });
}
