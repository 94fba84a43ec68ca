import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { parseManifest, type Manifest } from '../../main/recording/manifest.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { ffmpegLength, opusComplaints, probePackets } from './ffprobe.ts';
import type { Window } from './call.ts';
import type { Sent, SentPacket } from './sent.ts';
import { matchTrack, type TrackMatch } from './track-match.ts';

/** A track of a closed recording, held against what was sent to it. */
export interface CheckedTrack extends TrackMatch {
  readonly track: Manifest['tracks'][number];
  readonly stream: readonly SentPacket[];
}

async function readManifestOf(folder: string): Promise<Manifest> {
  const manifest = parseManifest(await readFile(path.join(folder, 'recording.json'), 'utf8'));
  if (manifest === null) throw new Error(`no manifest in ${folder}`);
  return manifest;
}

/** Asserts what is true of every closed recording: sound by our own and by foreign readers, all tracks equally long. */
export async function expectSound(folder: string): Promise<Manifest> {
  const manifest = await readManifestOf(folder);
  expect(await verifyRecording(folder)).toMatchObject({ ok: true, findings: [] });
  await Promise.all(
    manifest.tracks.map(async ({ file }) => {
      const track = path.join(folder, file);
      expect(await opusComplaints(track)).toEqual([]);
      expect(await ffmpegLength(track)).toBe(manifest.samples);
    }),
  );
  return manifest;
}

/** Each track against what was sent to it by that person. */
export async function checkTracks(folder: string, sent: Sent): Promise<CheckedTrack[]> {
  const { tracks } = await readManifestOf(folder);
  return Promise.all(
    tracks.map(async (track) => {
      const stream = sent.packets.filter(({ userId }) => userId === track.userId);
      const packets = await probePackets(path.join(folder, track.file));
      return { track, stream, ...matchTrack(packets, stream, sent.hashOf) };
    }),
  );
}

/** What was sent within a window. */
export function sentIn(packets: readonly SentPacket[], { fromMs, toMs }: Window): SentPacket[] {
  return packets.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
}
