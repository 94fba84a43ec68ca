import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import type { IndexedRecording } from '../engine/library-index.ts';

/** The same list for every track whose talk is not known, so that it is seen to be the same. */
const NO_TALK: RecordingSnapshot['tracks'][number]['talk'] = [];

/** A recording as one row of the window's list. Talk maps are the index's own, not copied. */
export function toRecording({ id, info, talk }: IndexedRecording): RecordingSnapshot {
  const { manifest, live, sizeBytes } = info;
  return {
    id,
    guildName: manifest.guild.name,
    channelName: manifest.channel.name,
    startedAtMs: Date.parse(manifest.startedAt),
    samples: manifest.samples,
    state: live ? 'recording' : manifest.state === 'recovered' ? 'recovered' : 'complete',
    sizeBytes,
    lostPackets: manifest.tracks.reduce(
      (sum, { lost, late, undecryptable }) => sum + lost + late + undecryptable,
      0,
    ),
    tracks: manifest.tracks.map(({ file, userId, name }) => ({
      file,
      userId,
      name,
      talk: talk.get(file) ?? NO_TALK,
    })),
  };
}
