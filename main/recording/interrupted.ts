import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { recordingState } from './library.ts';
import type { Manifest } from './manifest.ts';
import { readManifest } from './rebuild-manifest.ts';
import { toStorageError } from './storage-error.ts';

/** Longer than Discord shows a bot whose process has died as being in the channel. */
const RECENT_MS = 10 * 60_000;

/**
 * Whether a recording of that server was cut short by a crash: one whose process is dead, or one that was recovered
 * within minutes of its last sample. Changes nothing. Throws StorageError when the library cannot be read.
 */
export async function wasInterrupted(
  libraryFolder: string,
  { guildId, nowMs }: { readonly guildId: string; readonly nowMs: number },
): Promise<boolean> {
  let names: string[];
  try {
    names = await readdir(libraryFolder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw toStorageError(error, `cannot read ${libraryFolder}`);
  }
  for (const name of names) {
    const folder = path.join(libraryFolder, name);
    const state = await recordingState(folder);
    if (state !== 'dead' && state !== 'closed') continue;
    const manifest = await readManifest(folder);
    if (manifest?.guild.id !== guildId) continue;
    if (state === 'dead' || isRecentlyRecovered(manifest, nowMs)) return true;
  }
  return false;
}

function isRecentlyRecovered({ state, stoppedAt }: Manifest, nowMs: number): boolean {
  return state === 'recovered' && stoppedAt !== null && nowMs - Date.parse(stoppedAt) < RECENT_MS;
}
