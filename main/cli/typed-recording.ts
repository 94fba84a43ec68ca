import { toProblem } from '../engine/error-code.ts';
import type { RecordingInfo } from '../recording/library.ts';
import { SAMPLE_RATE_HZ } from './time.ts';
import { UsageError } from './usage-error.ts';

/** What a live recording may not have on disk yet: the last second of each track. */
const UNWRITTEN_SAMPLES = SAMPLE_RATE_HZ;

/** `read` applied to a folder that somebody typed; a folder that holds no recording is a UsageError which names it. */
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

/** Length in samples; of a live recording, whose manifest is older, up to where its tracks stand by the clock. */
export function samplesSoFar({ manifest, live }: RecordingInfo, nowMs = Date.now()): number {
  if (!live) return manifest.samples;
  const elapsedMs = nowMs - Date.parse(manifest.startedAt);
  const elapsed = Math.floor((elapsedMs / 1000) * SAMPLE_RATE_HZ);
  return Math.max(manifest.samples, elapsed - UNWRITTEN_SAMPLES);
}
