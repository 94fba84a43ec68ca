import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { readEvents } from './event-log.ts';
import { MANIFEST_FILE } from './layout.ts';
import { MOST_ENTRIES, MOST_MANIFEST_BYTES, parseManifest, type Manifest } from './manifest.ts';
import { firstManifest } from './new-recording.ts';
import { readRegular } from './open-regular.ts';
import { OPEN_PAUSE, ToldManifest } from './told-manifest.ts';

/** `recording.json` of a folder; null when it is missing, unreadable or not of schema 1. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readRegular(path.join(folder, MANIFEST_FILE), MOST_MANIFEST_BYTES);
  return text === null ? null : parseManifest(text);
}

/**
 * The manifest as the events tell it: the one of the last event where the recording was closed, else one that is still
 * recording, with the tracks, people and gaps that were named. What even the events lack is taken from the folder.
 */
export async function rebuildManifest(folder: string): Promise<Manifest> {
  const told = new ToldManifest(await emptyManifest(folder));
  try {
    for await (const event of readEvents(folder)) told.take(event);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error; // a missing or unreadable file tells nothing
  }
  return told.manifest() ?? (await emptyManifest(folder));
}

/** The manifest with the pause in which the recording was cut short, as its events tell; it stands in no manifest before. */
export function withOpenPause(manifest: Manifest, told: Manifest): Manifest {
  const [fromSamples, toSamples] = told.pauses.at(-1) ?? [0, 0];
  if (toSamples !== OPEN_PAUSE) return manifest;
  const gap = { reason: 'pause', fromSamples, toSamples };
  const isOther = (one: Manifest['gaps'][number]): boolean =>
    one.reason !== gap.reason || one.fromSamples !== fromSamples;
  const pauses = manifest.pauses.filter(([from]) => from !== fromSamples);
  return {
    ...manifest,
    pauses: [...pauses.slice(0, MOST_ENTRIES.pauses - 1), [fromSamples, OPEN_PAUSE]],
    gaps: [...manifest.gaps.filter(isOther).slice(0, MOST_ENTRIES.gaps - 1), gap],
  };
}

async function emptyManifest(folder: string): Promise<Manifest> {
  const unknown = { id: '0', name: 'unknown' };
  const place = { guild: unknown, channel: { ...unknown, kind: 'voice' as const } };
  const facts = { app: 'tapedeck', place, transport: 'unknown', consent: {} };
  return firstManifest(facts, (await startOf(folder)).getTime());
}

/** Local time in the folder's name, else when the folder was made. */
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
