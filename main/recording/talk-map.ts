import type { RecordingInfo } from './library.ts';
import { locateTracks } from './track-files.ts';
import { scanTrack } from './track/scan-track.ts';
import { TalkRuns, type TalkRun } from './track/talk-runs.ts';

/** Where each track has speech, by the track's file: stretches in samples, [from, to), in order. */
export type TalkMap = ReadonlyMap<string, readonly TalkRun[]>;

/** Most runs of a whole map: fifty people who talk all day. A manifest made to do harm has two million. */
const MOST_RUNS_IN_ALL = 100_000;

/**
 * The talk map of a closed recording: from its manifest, or from the packets where the manifest has none. A track that
 * cannot be read is empty. Past 100,000 stretches in all each track keeps its share of them, its longest pauses.
 */
export async function readTalkMap(recording: RecordingInfo): Promise<TalkMap> {
  const map = new Map<string, readonly TalkRun[]>();
  for (const { file, talk } of recording.manifest.tracks)
    map.set(file, talk ?? (await readRuns(recording.folder, file)));
  const count = Array.from(map.values(), ({ length }) => length).reduce((sum, one) => sum + one, 0);
  if (count <= MOST_RUNS_IN_ALL) return map;
  const share = MOST_RUNS_IN_ALL / count;
  for (const [file, runs] of map) map.set(file, fewer(runs, Math.floor(runs.length * share)));
  return map;
}

/** The runs without their shortest pauses; none of a track that has no share. */
function fewer(runs: readonly TalkRun[], most: number): readonly TalkRun[] {
  return most === 0 ? [] : TalkRuns.of(runs).runs(Infinity, most);
}

async function readRuns(folder: string, file: string): Promise<readonly TalkRun[]> {
  try {
    const place = (await locateTracks(folder, [file])).get(file);
    return place === undefined ? [] : (await scanTrack(place)).talk;
  } catch {
    return []; // gone or unreadable: there is nothing to draw
  }
}
