import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { readEvents } from './event-log.ts';
import { MANIFEST_FILE } from './layout.ts';
import { ManifestFold } from './manifest-fold.ts';
import { MOST_MANIFEST_BYTES, parseManifest, type Manifest } from './manifest.ts';
import { firstManifest } from './new-recording.ts';
import { readRegular } from './open-regular.ts';
import { toRecordingEvent } from './recording-event.ts';

/** `recording.json` of a folder; null when it is missing, unreadable or not of schema 1. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readRegular(path.join(folder, MANIFEST_FILE), MOST_MANIFEST_BYTES);
  return text === null ? null : parseManifest(text);
}

/**
 * Folds the events in a folder into a manifest. When no event tells how the recording began, the fold is of
 * `recording.json` alone; when that cannot be read either, of the events there are and the start in the folder's name.
 * Throws StorageError when the log is no plain file.
 */
export async function foldEvents(folder: string): Promise<ManifestFold> {
  const fold = new ManifestFold(await emptyManifest(folder));
  try {
    for await (const logged of readEvents(folder)) {
      const event = toRecordingEvent(logged);
      if (event !== null) fold.take(event);
    }
  } catch (error) {
    if (systemErrorCode(error) === null) throw error; // a missing or unreadable file tells nothing
  }
  const known = fold.isWhole ? null : await readManifest(folder);
  return known === null ? fold : new ManifestFold(known);
}

async function emptyManifest(folder: string): Promise<Manifest> {
  const unknown = { id: '0', name: 'unknown' };
  const place = { guild: unknown, channel: { ...unknown, kind: 'voice' as const } };
  const facts = { app: 'tapedeck', place, transport: 'unknown', consent: {} };
  return firstManifest(facts, (await startOf(folder)).getTime());
}

/** Start by the time in the folder's name, as one of this computer's zone; else when the folder was made. */
async function startOf(folder: string): Promise<Date> {
  const name = /^(\d{4})-(\d\d)-(\d\d) (\d\d)-(\d\d)-(\d\d)/.exec(path.basename(folder));
  if (name !== null) {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = name
      .slice(1)
      .map(Number);
    const start = new Date(year, month - 1, day, hour, minute, second);
    if (!Number.isNaN(start.getTime())) return start;
  }
  return new Date(Math.round((await stat(folder)).birthtimeMs));
}
