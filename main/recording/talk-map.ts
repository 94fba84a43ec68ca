import path from 'node:path';
import { z } from 'zod';
import type { RecordingInfo } from './library.ts';
import { scanTrack } from './track/scan-track.ts';
import type { TalkRun } from './track/talk-runs.ts';

/** Where each track has speech, by the track's file: stretches in samples, [from, to), in order. */
export type TalkMap = ReadonlyMap<string, readonly TalkRun[]>;

const runs = z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).max(10_000);

/**
 * The talk map of a recording, from its manifest; for a track without talk there, from the track's packets (of a live
 * recording: those written so far). A track that cannot be read is empty.
 */
export async function readTalkMap(recording: RecordingInfo): Promise<TalkMap> {
  const map = new Map<string, readonly TalkRun[]>();
  for (const { file, ...track } of recording.manifest.tracks) {
    const known = runs.safeParse(track['talk']);
    map.set(file, known.success ? known.data : await readRuns(path.join(recording.folder, file)));
  }
  return map;
}

async function readRuns(file: string): Promise<readonly TalkRun[]> {
  try {
    return (await scanTrack(file)).talk;
  } catch {
    return []; // gone or unreadable: there is nothing to draw
  }
}
