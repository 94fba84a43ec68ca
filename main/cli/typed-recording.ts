import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { toProblem } from '../engine/error-code.ts';
import type { RecordingInfo } from '../recording/library.ts';
import { UsageError } from './usage-error.ts';

/** What a live recording may not have on disk yet: the last second of each track. */
const UNWRITTEN_SAMPLES = SAMPLE_RATE_HZ;

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

/** Length in samples. The manifest of a live recording is older than its tracks: the length follows from the time since the start. */
export function samplesSoFar({ manifest, live }: RecordingInfo, nowMs = Date.now()): number {
  if (!live) return manifest.samples;
  const elapsedMs = nowMs - Date.parse(manifest.startedAt);
  const elapsed = Math.floor((elapsedMs / 1000) * SAMPLE_RATE_HZ);
  return Math.max(manifest.samples, elapsed - UNWRITTEN_SAMPLES);
}
