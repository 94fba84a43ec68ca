import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseManifest, type Manifest } from '../../main/recording/manifest.ts';
import type { Window } from './call.ts';
import { probePackets } from './ffprobe.ts';
import type { Sent, SentPacket } from './sent.ts';
import { matchTrack, type TrackMatch } from './track-match.ts';

/** A track of a closed recording, matched with the packets that were sent for it. */
export interface CheckedTrack extends TrackMatch {
  readonly track: Manifest['tracks'][number];
  readonly stream: readonly SentPacket[];
}

export async function readManifestOf(folder: string): Promise<Manifest> {
  const manifest = parseManifest(await readFile(path.join(folder, 'recording.json'), 'utf8'));
  if (manifest === null) throw new Error(`no manifest in ${folder}`);
  return manifest;
}

/** Matches each track with the packets that the demo server sent for its person. */
export async function checkTracks(folder: string, sent: Sent): Promise<CheckedTrack[]> {
  const { tracks, startedAt } = await readManifestOf(folder);
  const fromMs = Date.parse(startedAt);
  return Promise.all(
    tracks.map(async (track) => {
      const stream = sent.packets.filter(({ userId }) => userId === track.userId);
      const packets = await probePackets(path.join(folder, track.file));
      return { track, stream, ...matchTrack(packets, stream, { hashOf: sent.hashOf, fromMs }) };
    }),
  );
}

/** The packets that were sent within a window, ends included. */
export function sentIn(packets: readonly SentPacket[], { fromMs, toMs }: Window): SentPacket[] {
  return packets.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
}

/** Packets sent less than this before a connection is given up may be lost with it. */
const IN_FLIGHT_MS = 100;
/** A run of missing packets that reaches further out of a gap than this was not lost by the gap. */
const MOST_OVERHANG_MS = 500;

/** Speech packets of the window that are missing, except runs that overlap a gap and are lost by it. */
export function missingOutside(
  { stream, missing }: TrackMatch & Pick<CheckedTrack, 'stream'>,
  window: Window,
  gaps: readonly Window[],
): SentPacket[] {
  const lost = new Set(missing);
  const isOfGap = (hole: readonly SentPacket[]): boolean => {
    const [first, last] = [hole.at(0)?.atMs ?? NaN, hole.at(-1)?.atMs ?? NaN];
    return gaps.some(
      ({ fromMs, toMs }) =>
        first < toMs &&
        last > fromMs - IN_FLIGHT_MS &&
        first > fromMs - MOST_OVERHANG_MS &&
        last < toMs + MOST_OVERHANG_MS,
    );
  };
  const holes: SentPacket[][] = [[]];
  for (const sent of sentIn(stream, window).filter(({ kind }) => kind === 'speech')) {
    if (lost.has(sent)) holes.at(-1)?.push(sent);
    else holes.push([]);
  }
  return holes.filter((hole) => !isOfGap(hole)).flat();
}
