import { lstat, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { systemErrorCode } from '../base/errors.ts';
import { replaceFile } from '../base/replace-file.ts';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { appendEvents, cutTornLine, writeEvent } from './event-log.ts';
import { MANIFEST_FILE, TRACKS_FOLDER } from './layout.ts';
import { NO_COUNTS, writeManifest, type Manifest, type ManifestTrack } from './manifest.ts';
import type { ManifestFold } from './manifest-fold.ts';
import { foldEvents } from './rebuild-manifest.ts';
import type { RecordingEvent } from './recording-event.ts';
import { StorageError } from './storage-error.ts';
import { countsInFile, scanTrack, type TrackScan } from './track/scan-track.ts';
import { sealTrack } from './track/seal-track.ts';
import { parseTrackTags } from './track/track-stream.ts';

/**
 * A recording is no longer than the time between its start and the last write, with this much for clocks that differ.
 */
const SLACK_MS = 60_000;

/**
 * Nor has it more samples a byte: 120 ms, the longest packet, in one byte and its length. Damage may leave a hole for
 * packets.
 */
const MOST_SAMPLES_PER_BYTE = 2_880;

/**
 * Closes a recording whose process is gone: every track gets a valid end at the length of the longest, and the manifest
 * says `recovered`. Needs nothing but the folder, and done again it changes nothing. Throws the system's error when the
 * disk refuses.
 */
export async function recover(folder: string): Promise<Manifest> {
  const fold = await foldEvents(folder);
  const known = fold.manifest();
  const files = await trackFiles(folder);
  const scans = new Map<string, TrackScan>();
  for (const file of files) scans.set(file, await scanTrack(path.join(folder, file)));
  const samples = await lengthOf(folder, { known, scans });
  const tracks: ManifestTrack[] = [];
  for (const [file, scan] of scans) {
    const sealed = await sealTrack(path.join(folder, file), samples, scan);
    tracks.push(recoveredTrack(known, { file, samples, before: scan, sealed }));
  }
  await cleanUp(folder);
  const told = endOf(fold, { samples, tracks });
  for (const event of told) fold.take(event);
  await addEvents(folder, told);
  const manifest = fold.manifest();
  await replaceFile(path.join(folder, MANIFEST_FILE), writeManifest(manifest));
  return manifest;
}

/** The events that close a recording which no process closed. */
function endOf(
  fold: ManifestFold,
  { samples, tracks }: Pick<Manifest, 'samples' | 'tracks'>,
): readonly RecordingEvent[] {
  const known = fold.manifest();
  const { rejected, dave, faults = 0 } = known;
  const events: RecordingEvent[] = [];
  if (!fold.isWhole) events.push({ event: 'manifest', samples: 0, manifest: known });
  const fromSamples = fold.pausedAtSamples ?? samples;
  if (fromSamples < samples) {
    const gap = { reason: 'pause', fromSamples, toSamples: samples };
    events.push({ event: 'resume', samples }, { event: 'gap', samples: fromSamples, ...gap });
  }
  events.push({ event: 'recovered', samples, tracks, rejected, faults, dave });
  return events;
}

/** A log that we may not write stays as it is: `recording.json` alone then tells the end. */
async function addEvents(folder: string, events: readonly RecordingEvent[]): Promise<void> {
  const nowMs = systemClock.wallMs();
  try {
    await appendEvents(
      folder,
      events.map((event) => writeEvent(event, nowMs)),
    );
  } catch (error) {
    const code = systemErrorCode(error);
    if (!(error instanceof StorageError) && code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}

/** `tracks/NN-name.opus` in order; empty when the folder holds none. Links are left out. */
export async function trackFiles(folder: string): Promise<string[]> {
  const names = await plainFiles(path.join(folder, TRACKS_FOLDER));
  return names
    .filter((name) => name.endsWith('.opus'))
    .map((name) => `${TRACKS_FOLDER}/${name}`)
    .sort(new Intl.Collator('en', { numeric: true }).compare);
}

/** Names of the plain files in a folder; empty when there is no such folder, or it is a link to another place. */
async function plainFiles(folder: string): Promise<string[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function recoveredTrack(
  known: Manifest,
  from: { file: string; samples: number; before: TrackScan; sealed: TrackScan },
): ManifestTrack {
  const { file, samples, before, sealed } = from;
  const track = known.tracks.find((each) => each.file === file);
  const { userId, name } = track ??
    parseTrackTags(before.comments) ?? { userId: null, name: nameIn(file) };
  const counts = { ...NO_COUNTS, ...countsInFile(before, samples) };
  return { userId, name, file, samples, sha256: sealed.sha256, ...counts, talk: sealed.talk };
}

/**
 * Samples at which the longest track ends. A damaged track may claim any end, so no more than its time and bytes allow.
 */
async function lengthOf(
  folder: string,
  from: { readonly known: Manifest; readonly scans: ReadonlyMap<string, TrackScan> },
): Promise<number> {
  let samples = 0;
  for (const [file, scan] of from.scans) {
    const { mtimeMs, size } = await stat(path.join(folder, file));
    const writtenMs = mtimeMs - Date.parse(from.known.startedAt) + SLACK_MS;
    const writtenSamples = Math.min(
      Math.round(writtenMs * SAMPLES_PER_MS),
      size * MOST_SAMPLES_PER_BYTE,
    );
    const most = Math.max(scan.packetSamples, writtenSamples);
    samples = Math.max(samples, Math.min(scan.samples, most));
  }
  return samples;
}

/** Cuts off a torn last line of the log, and removes `.new` files, whose turn to replace a file did not come. */
async function cleanUp(folder: string): Promise<void> {
  try {
    await cutTornLine(folder);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error; // there are none, or they cannot be read
  }
  for (const place of [folder, path.join(folder, TRACKS_FOLDER)]) {
    for (const name of await plainFiles(place)) {
      if (name.endsWith('.new')) await rm(path.join(place, name), { force: true });
    }
  }
}

/** `name` of `tracks/NN-name.opus`. */
function nameIn(file: string): string {
  return path.basename(file, '.opus').replace(/^\d+-/, '');
}
