import { TapedeckError } from '../base/errors.ts';

/**
 * `library-missing`: the native library is not there or does not load; `version-unknown`: the library does not speak
 * the version asked for; `refused`: the library refuses what does not fit the group.
 */
export type DaveFailure = 'library-missing' | 'version-unknown' | 'refused';

/** A failure of end-to-end encryption. */
export class DaveError extends TapedeckError<DaveFailure> {}
