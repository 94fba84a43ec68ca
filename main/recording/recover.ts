import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { systemErrorCode } from '../base/errors.ts';
import { finishReplacing, replaceFile } from '../base/replace-file.ts';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { appendEvents, cutTornLine, removeTrackLines, writeEvent } from './event-log.ts';
import { EVENTS_FILE, LOCK_FILE, MANIFEST_FILE, RESERVE_FILE, TRACKS_FOLDER } from './layout.ts';
import { NO_COUNTS, writeManifest, type Manifest, type ManifestTrack } from './manifest.ts';
import type { ManifestFold } from './manifest-fold.ts';
import { foldEvents } from './rebuild-manifest.ts';
import type { RecordingEvent } from './recording-event.ts';
import { addSealLine } from './seal/add-seal-line.ts';
import { checkSeal } from './seal/check-seal.ts';
import { orStorageError } from './storage-error.ts';
import { findTracks, locateTracks, namedTracks, type TrackFiles } from './track-files.ts';
import { countsInFile, scanTrack, type TrackScan } from './track/scan-track.ts';
import { sealTrack } from './track/seal-track.ts';
import { parseTrackTags } from './track/track-stream.ts';

/**
 * A recording is no longer than the time between its start and the last write, with this much for clocks that differ.
 */
const SLACK_MS = 60_000;

/** Left where a lock was taken over: `recording.lock`, process number, `dead`. */
const LEFT_LOCK = new RegExp(`^${LOCK_FILE.replace('.', '\\.')}\\.\\d+\\.dead$`);

/**
 * Nor has it more samples a byte: 120 ms, the longest packet, in one byte and its length. Damage may leave a hole for
 * packets.
 */
const MOST_SAMPLES_PER_BYTE = 2_880;

/**
 * Closes a recording whose process is gone: every track gets a valid end at the length of the longest, and the manifest
 * says `recovered`. Needs nothing but the folder, and done again it changes nothing but the seal. Throws StorageError when the
 * disk refuses. `settingsFolder`: where the key of the seal is; null: what recovery adds to it is not signed.
 */
export async function recover(
  folder: string,
  settingsFolder: string | null = null,
): Promise<Manifest> {
  const before = await checkSeal(folder, await findTracks(folder), 'dead');
  await cleanUp(folder);
  const fold = await foldEvents(folder);
  const known = fold.manifest();
  const named = await namedTracks(folder);
  await removeTracks(folder, [...named.removed]);
  await finishTracks(folder, named.files);
  const files = await findTracks(folder, named);
  await finishTracks(folder, files.keys());
  const scans = new Map<string, TrackScan>();
  for (const [file, place] of files) scans.set(file, await scanTrack(place));
  const samples = await lengthOf(files, { known, scans });
  const tracks: ManifestTrack[] = [];
  for (const [file, scan] of scans) {
    const place = files.get(file) ?? path.join(folder, file);
    const sealed = await orStorageError({ cannot: 'write', file: place }, () =>
      sealTrack(place, samples, scan),
    );
    tracks.push(recoveredTrack(known, { file, samples, before: scan, sealed }));
  }
  const told = endOf(fold, { samples, tracks });
  for (const event of told) fold.take(event);
  await addEvents(folder, told, [...named.removed]);
  await addSealLine(folder, {
    act: 'recovered',
    before,
    files: new Set([EVENTS_FILE, ...before.files, ...files.keys()]),
    samples,
    atMs: systemClock.wallMs(),
    settingsFolder,
  }).catch(() => undefined); // `verify` then says that the seal has no end
  const manifest = fold.manifest();
  const file = path.join(folder, MANIFEST_FILE);
  await orStorageError({ cannot: 'write', file }, () => replaceFile(file, writeManifest(manifest)));
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
async function addEvents(
  folder: string,
  events: readonly RecordingEvent[],
  removed: readonly string[],
): Promise<void> {
  const nowMs = systemClock.wallMs();
  const lines = events.map((event) => writeEvent(event, nowMs));
  const file = path.join(folder, EVENTS_FILE);
  await orStorageError({ cannot: 'write', file }, async () => {
    try {
      await appendEvents(folder, lines);
      await removeTrackLines(folder, removed);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== 'EACCES' && code !== 'EPERM') throw error;
    }
  });
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
  files: TrackFiles,
  from: { readonly known: Manifest; readonly scans: ReadonlyMap<string, TrackScan> },
): Promise<number> {
  let samples = 0;
  for (const [file, place] of files) {
    const scan = from.scans.get(file);
    if (scan === undefined) continue;
    const { mtimeMs, size } = await orStorageError({ cannot: 'read', file: place }, () =>
      stat(place),
    );
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

/**
 * Ends what the dead process had begun: cuts off a torn last line of the log, gives the manifest its name back where only
 * the first half of a replacement was done, and removes what else was left beside it, the reserve, and locks of dead
 * processes. Links under those names are removed, not followed. What cannot be removed stays.
 */
async function cleanUp(folder: string): Promise<void> {
  try {
    await cutTornLine(folder);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error; // there are none, or they cannot be read
  }
  await finishReplacing(folder, new Set([MANIFEST_FILE, EVENTS_FILE]));
  for (const name of await readdir(folder)) {
    if (name !== RESERVE_FILE && !LEFT_LOCK.test(name)) continue;
    await rm(path.join(folder, name), { force: true }).catch(() => undefined);
  }
}

/** Ends what the dead process had begun: files of tracks that are no part of the recording any more. */
async function removeTracks(folder: string, files: readonly string[]): Promise<void> {
  for (const place of (await locateTracks(folder, files)).values())
    await orStorageError({ cannot: 'write', file: place }, () => rm(place, { force: true }));
}

/** Does the same for tracks: `tracks/NN-name.opus` in NFC. */
function finishTracks(folder: string, files: Iterable<string>): Promise<void> {
  const names = Array.from(files, (file) => path.posix.basename(file));
  return finishReplacing(path.join(folder, TRACKS_FOLDER), new Set(names));
}

/** `name` of `tracks/NN-name.opus`. */
function nameIn(file: string): string {
  return path.basename(file, '.opus').replace(/^\d+-/, '');
}
