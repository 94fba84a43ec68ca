import path from 'node:path';
import type { RecordingInfo } from './library.ts';
import { scanTrack } from './track/scan-track.ts';
import type { TalkRun } from './track/talk-runs.ts';

/** Where each track has speech, by the track's file: stretches in samples, [from, to), in order. */
export type TalkMap = ReadonlyMap<string, readonly TalkRun[]>;

/** The talk map of a closed recording, from its manifest; where that has none, from the packets. A track that cannot be read is empty. */
export async function readTalkMap(recording: RecordingInfo): Promise<TalkMap> {
  const map = new Map<string, readonly TalkRun[]>();
  for (const { file, talk } of recording.manifest.tracks)
    map.set(file, talk ?? (await readRuns(path.join(recording.folder, file))));
  return map;
}

async function readRuns(file: string): Promise<readonly TalkRun[]> {
  try {
    return (await scanTrack(file)).talk;
  } catch {
    return []; // gone or unreadable: there is nothing to draw
  }
}
