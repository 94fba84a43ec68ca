import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../base/json.ts';
import { replaceFile, syncFolder } from '../../base/replace-file.ts';
import { FORGET_FILE } from '../layout.ts';
import { manifestParts } from '../manifest.ts';
import { readRegular } from '../open-regular.ts';
import { orStorageError } from '../storage-error.ts';
import { MOST_NAME_CHARACTERS, MOST_NAMES, MOST_TRACKS, type Leaving } from './leaving.ts';

/** More than that many names and tracks take. */
const MOST_BYTES = 16 * 1024 * 1024;

const intentSchema = z.object({
  at: manifestParts.forgotten.shape.at,
  userId: z.string().min(1).max(4_096),
  names: z.array(z.string().min(1).max(MOST_NAME_CHARACTERS)).max(MOST_NAMES),
  tracks: z.array(manifestParts.track.shape.file).max(MOST_TRACKS),
});

/** Who is to be taken out of a recording: written before the first file changes, removed behind the last. */
export interface Intent extends Leaving {
  /** When it was asked for. */
  readonly at: string;
}

/** Writes `recording.forget`, synced. Throws StorageError. */
export async function writeIntent(folder: string, intent: Intent): Promise<void> {
  const file = path.join(folder, FORGET_FILE);
  await orStorageError({ cannot: 'write', file }, () => replaceFile(file, JSON.stringify(intent)));
}

/** Null when there is none, or what bears its name is none of ours. */
export async function readIntent(folder: string): Promise<Intent | null> {
  const json = await readRegular(path.join(folder, FORGET_FILE), MOST_BYTES);
  return json === null ? null : (intentSchema.safeParse(parseJson(json)).data ?? null);
}

/** Whether a file bears the name, a link too. */
export async function hasIntent(folder: string): Promise<boolean> {
  const found = await lstat(path.join(folder, FORGET_FILE)).catch(() => null);
  return found !== null && !found.isDirectory();
}

/** Removes the file, or link, of that name. Throws StorageError. */
export async function removeIntent(folder: string): Promise<void> {
  const file = path.join(folder, FORGET_FILE);
  await orStorageError({ cannot: 'write', file }, () => rm(file, { force: true }));
  await syncFolder(folder);
}
