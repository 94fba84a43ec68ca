import { systemErrorCode, TapedeckError } from '../base/errors.ts';

/** Who can act: free some space; look after the disk; name another folder. */
export type StorageErrorReason = 'disk-full' | 'disk-error' | 'not-a-recording';

/** A recording on disk could not be written, read or found. */
export class StorageError extends TapedeckError<StorageErrorReason> {}

/** Also a used-up quota is a full disk to the person in front of it. */
const FULL = ['ENOSPC', 'EDQUOT'];

/** Whatever the file system threw, as a StorageError; itself when it is one. */
export function toStorageError(thrown: unknown, doing: string): StorageError {
  if (thrown instanceof StorageError) return thrown;
  const code = systemErrorCode(thrown);
  const reason = code !== null && FULL.includes(code) ? 'disk-full' : 'disk-error';
  return new StorageError(reason, `${doing}: ${code ?? String(thrown)}`, { cause: thrown });
}
