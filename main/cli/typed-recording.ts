import { toProblem } from '../engine/error-code.ts';
import { UsageError } from './usage-error.ts';

/** Calls `read` with a folder that somebody typed. Throws UsageError with its path when the folder holds no recording, else what `read` throws. */
export async function readTyped<T>(
  folder: string,
  read: (folder: string) => Promise<T>,
): Promise<T> {
  try {
    return await read(folder);
  } catch (error) {
    if (toProblem(error).code !== 'not-a-recording') throw error;
    throw new UsageError('not-a-recording', { path: folder });
  }
}
