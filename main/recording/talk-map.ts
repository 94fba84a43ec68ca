import type { RecordingInfo } from './library.ts';
import { locateTracks } from './track-files.ts';
import { scanTrack } from './track/scan-track.ts';
import type { TalkRun } from './track/talk-runs.ts';

/** Where each track has speech, by the track's file: stretches in samples, [from, to), in order. */
export type TalkMap = ReadonlyMap<string, readonly TalkRun[]>;

/**
 * The talk map of a closed recording: from its manifest, or from the packets where the manifest has none. A track that
 * cannot be read is empty.
 */
export async function readTalkMap(recording: RecordingInfo): Promise<TalkMap> {
  const map = new Map<string, readonly TalkRun[]>();
  for (const { file, talk } of recording.manifest.tracks)
    map.set(file, talk ?? (await readRuns(recording.folder, file)));
  return map;
}

async function readRuns(folder: string, file: string): Promise<readonly TalkRun[]> {
  try {
    const place = (await locateTracks(folder, [file])).get(file);
    return place === undefined ? [] : (await scanTrack(place)).talk;
  } catch {
    return []; // gone or unreadable: there is nothing to draw
  }
}
