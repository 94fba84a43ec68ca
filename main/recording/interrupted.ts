import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { recordingState } from './library.ts';
import type { Manifest } from './manifest.ts';
import { readManifest } from './rebuild-manifest.ts';
import { StorageError, toStorageError } from './storage-error.ts';

/** Longer than Discord shows a bot whose process has died as being in the channel. */
const RECENT_MS = 10 * 60_000;

/**
 * Whether a recording of that server was cut short by a crash: one whose process is dead, or one that was recovered
 * within minutes of its last sample. A folder that cannot be read holds no recording. Changes nothing. Throws
 * StorageError when the library itself cannot be read.
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
    throw toStorageError(error, { cannot: 'read', file: libraryFolder });
  }
  for (const name of names) {
    if (await isInterrupted(path.join(libraryFolder, name), { guildId, nowMs })) return true;
  }
  return false;
}

async function isInterrupted(
  folder: string,
  { guildId, nowMs }: { readonly guildId: string; readonly nowMs: number },
): Promise<boolean> {
  try {
    const state = await recordingState(folder);
    if (state !== 'dead' && state !== 'closed') return false;
    const manifest = await readManifest(folder);
    if (manifest?.guild.id !== guildId) return false;
    return state === 'dead' || isRecentlyRecovered(manifest, nowMs);
  } catch (error) {
    if (error instanceof StorageError) return false; // somebody else's: systems keep folders on disks that nobody may list
    throw error;
  }
}

function isRecentlyRecovered({ state, stoppedAt }: Manifest, nowMs: number): boolean {
  return state === 'recovered' && stoppedAt !== null && nowMs - Date.parse(stoppedAt) < RECENT_MS;
}
