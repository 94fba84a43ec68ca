/** One thing wrong with a recording. */
export interface Finding {
  /** Relative to the recording's folder. */
  readonly file: string;
  /** In bytes from the file's start; null for a finding about the whole file. */
  readonly offset: number | null;
  readonly message: string;
}

/** Findings reported of one file at most: a file that is damaged all over has thousands. */
export const MOST_FINDINGS_A_FILE = 100;
