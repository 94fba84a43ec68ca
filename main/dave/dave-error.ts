import { TapedeckError } from '../base/errors.ts';

/**
 * `library-missing`: the native library is not there or does not load; `version-unknown`: it loads and does not speak
 * the version asked for; `refused`: what it was given does not fit the group it is in.
 */
export type DaveFailure = 'library-missing' | 'version-unknown' | 'refused';

/** A failure of end-to-end encryption. */
export class DaveError extends TapedeckError<DaveFailure> {}
