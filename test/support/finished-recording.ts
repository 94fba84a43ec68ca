import path from 'node:path';
import { expect } from 'vitest';
import type { Manifest } from '../../main/recording/manifest.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { readManifestOf } from './checked-tracks.ts';
import { expectEventsToTell } from './folded-events.ts';
import { ffmpegLength, opusComplaints } from './ffprobe.ts';

/**
 * Asserts that a closed recording is intact by `verify`, its events, opusinfo and ffmpeg, and all tracks equally long.
 */
export async function expectSound(folder: string): Promise<Manifest> {
  const manifest = await readManifestOf(folder);
  expect(await verifyRecording(folder)).toMatchObject({ ok: true, findings: [] });
  await expectEventsToTell(folder);
  await Promise.all(
    manifest.tracks.map(async ({ file }) => {
      const track = path.join(folder, file);
      expect(await opusComplaints(track)).toEqual([]);
      expect(await ffmpegLength(track)).toBe(manifest.samples);
    }),
  );
  return manifest;
}
