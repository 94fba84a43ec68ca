import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { systemErrorCode, toError } from '../base/errors.ts';
import { isLink } from '../base/plain-file.ts';
import { finishReplacing, replaceFile } from '../base/replace-file.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { finishForgetting } from './forget/finish.ts';
import { hasIntent } from './forget/intent.ts';
import {
  EVENTS_FILE,
  FORGET_FILE,
  LOCK_FILE,
  MANIFEST_FILE,
  SEAL_FILE,
  TRACKS_FOLDER,
} from './layout.ts';
import { writeManifest, type Manifest } from './manifest.ts';
import { foldEvents, readManifest } from './rebuild-manifest.ts';
import { lockedSamples, lockState, takeOver } from './recording-lock.ts';
import { recover } from './recover.ts';
import { orStorageError, StorageError, toStorageError } from './storage-error.ts';
import { findTracks, locateTracks } from './track-files.ts';

/** A recording of the library. */
export interface RecordingInfo {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Whether a process is recording into the folder. */
  readonly live: boolean;
  /** Bytes of manifest, events, seal and tracks; exports left out. */
  readonly sizeBytes: number;
}

/**
 * Recordings as they were last read, by folder, each with a mark that another state of its files does not have. Null:
 * what lies there is refused.
 */
export type LibraryMemory = Map<
  string,
  { readonly mark: string; readonly info: RecordingInfo | null }
>;

/**
 * The recordings of a library, newest first; empty when there is no such folder. Dead recordings are recovered first;
 * a recording that cannot be opened is left out. A closed one that has not changed comes out of `memory`, which keeps what
 * was read. `settingsFolder` as for `recover`. Throws StorageError when the library itself cannot be read.
 */
export async function listRecordings(
  libraryFolder: string,
  memory: LibraryMemory = new Map(),
  settingsFolder: string | null = null,
): Promise<RecordingInfo[]> {
  const recordings: RecordingInfo[] = [];
  const folders = await foldersIn(libraryFolder);
  for (const folder of memory.keys()) if (!folders.includes(folder)) memory.delete(folder);
  for (const folder of folders) {
    const mark = await markOf(folder);
    const known = memory.get(folder);
    if (mark !== null && known?.mark === mark) {
      if (known.info !== null) recordings.push(known.info);
      continue;
    }
    try {
      const info = await openRecording(folder, settingsFolder);
      recordings.push(info);
      if (mark !== null) memory.set(folder, { mark, info });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error; // another folder, or a disk that refuses one recording
      // What the disk refused is tried again; what we refuse is not, so that it costs its reading once.
      if (mark !== null && error.cause === undefined) memory.set(folder, { mark, info: null });
    }
  }
  const startMs = ({ manifest }: RecordingInfo): number => Date.parse(manifest.startedAt);
  return recordings.sort((a, b) => startMs(b) - startMs(a) || (a.folder < b.folder ? 1 : -1));
}

/**
 * Changes whenever manifest or events of a closed recording do: sizes, times, and the numbers of the files, since a
 * manifest is replaced. Null for a folder with a lock, without a manifest, or with somebody still to be taken out.
 */
async function markOf(folder: string): Promise<string | null> {
  const stats = [LOCK_FILE, FORGET_FILE, MANIFEST_FILE, EVENTS_FILE].map((name) =>
    lstat(path.join(folder, name)).catch(() => null),
  );
  const [lock, forget, manifest, events] = await Promise.all(stats);
  if (lock !== null || forget !== null || manifest == null) return null;
  return [manifest, events].map((file) => file && [file.ino, file.size, file.mtimeMs]).join();
}

/**
 * Recovers the dead recordings of a library, one after the other, and changes nothing else. When the process ends
 * meanwhile, the next call recovers the rest. `settingsFolder` as for `recover`. Never throws: failures go to `onFailure`.
 */
export async function recoverLibrary(
  libraryFolder: string,
  onFailure: (folder: string, error: Error) => void,
  settingsFolder: string | null = null,
): Promise<void> {
  try {
    for (const folder of await foldersIn(libraryFolder)) {
      await recoverDead(folder, settingsFolder).catch((error: unknown) => {
        onFailure(folder, toError(error));
      });
    }
  } catch (error) {
    onFailure(libraryFolder, toError(error));
  }
}

async function recoverDead(folder: string, settingsFolder: string | null): Promise<void> {
  if ((await recordingState(folder)) === 'dead') await openRecording(folder, settingsFolder);
}

/** Absolute; none when there is no such library. */
async function foldersIn(libraryFolder: string): Promise<string[]> {
  try {
    const entries = await readdir(libraryFolder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => path.resolve(libraryFolder, name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw toStorageError(error, { cannot: 'read', file: libraryFolder });
  }
}

/**
 * The recording in `folder`. A dead recording is recovered first, and a lost manifest is made again from tracks and
 * events. `settingsFolder` as for `recover`. Throws StorageError.
 */
export async function openRecording(
  folder: string,
  settingsFolder: string | null = null,
): Promise<RecordingInfo> {
  const absolute = path.resolve(folder);
  return orStorageError({ cannot: 'read', file: absolute }, async () => {
    const { manifest, live } = await openOnce(absolute, settingsFolder);
    return { folder: absolute, manifest, live, sizeBytes: await sizeOf(absolute, manifest) };
  });
}

/**
 * State of the recording in a folder; changes nothing. `absent`: the folder holds none, or its manifest is a link;
 * `live`: a process writes it; `dead`: its process is gone and did not end its work. Throws StorageError when the folder
 * cannot be read.
 */
export async function recordingState(
  folder: string,
): Promise<'absent' | 'live' | 'dead' | 'closed'> {
  return (await look(folder)).state;
}

type Look =
  | { readonly state: 'absent' | 'live' | 'dead' }
  | { readonly state: 'closed'; readonly manifest: Manifest | null };

/** `recordingState`, with the manifest of a closed recording: a large one takes a while to read. */
function look(folder: string): Promise<Look> {
  return orStorageError({ cannot: 'read', file: folder }, async (): Promise<Look> => {
    if (!(await isRecording(folder))) return { state: 'absent' };
    if (await isLink(path.join(folder, MANIFEST_FILE))) return { state: 'absent' };
    const lock = await lockState(folder, systemClock.wallMs());
    if (lock !== 'none') return { state: lock };
    if (await hasIntent(folder)) return { state: 'dead' };
    const manifest = await readManifest(folder);
    return manifest?.state === 'recording' ? { state: 'dead' } : { state: 'closed', manifest };
  });
}

type Opened = Pick<RecordingInfo, 'manifest' | 'live'>;

/** Recordings that are being opened, by folder: two callers at a time share one recovery. */
const opening = new Map<string, Promise<Opened>>();

function openOnce(folder: string, settingsFolder: string | null): Promise<Opened> {
  const under = opening.get(folder);
  if (under !== undefined) return under;
  const opened = openFolder(folder, settingsFolder).finally(() => opening.delete(folder));
  opening.set(folder, opened);
  return opened;
}

async function openFolder(folder: string, settingsFolder: string | null): Promise<Opened> {
  const found = await look(folder);
  switch (found.state) {
    case 'absent':
      throw new StorageError('not-a-recording', `${folder} holds no recording`);
    case 'live':
      return readLive(folder);
    case 'dead':
      return close(folder, settingsFolder);
    case 'closed':
      return found.manifest === null
        ? remake(folder, settingsFolder)
        : { manifest: found.manifest, live: false };
  }
}

async function close(folder: string, settingsFolder: string | null): Promise<Opened> {
  const lock = await orStorageError({ cannot: 'write', file: path.join(folder, LOCK_FILE) }, () =>
    takeOver(folder, systemClock.wallMs()),
  );
  if (lock === null) return readLive(folder); // another process closes it
  try {
    await finishReplacing(folder, new Set([MANIFEST_FILE]));
    const manifest = await readManifest(folder);
    const closed = manifest !== null && manifest.state !== 'recording';
    const whole = closed ? manifest : await recover(folder, settingsFolder);
    return { manifest: await finishForgetting(folder, whole, settingsFolder), live: false };
  } finally {
    await lock.close();
  }
}

/** What a live recording may not have on disk yet: the last second of each track. */
const UNWRITTEN_SAMPLES = SAMPLE_RATE_HZ;

/**
 * The manifest is as old as its last change; its length is what the lock tells, up to 2 s ago, of what is on disk. The
 * wall clock has no say in it: it may be set while people are recorded.
 */
async function readLive(folder: string): Promise<Opened> {
  const manifest = (await readManifest(folder)) ?? (await foldEvents(folder)).manifest();
  const written = ((await lockedSamples(folder)) ?? 0) - UNWRITTEN_SAMPLES;
  return { manifest: { ...manifest, samples: Math.max(manifest.samples, written) }, live: true };
}

/**
 * Makes the manifest of a closed recording that has none: from one that was moved aside, from the events, or by recovering the recording when the
 * events tell no end or the tracks in the folder are others.
 */
async function remake(folder: string, settingsFolder: string | null): Promise<Opened> {
  await finishReplacing(folder, new Set([MANIFEST_FILE]));
  const kept = await readManifest(folder);
  if (kept !== null)
    return kept.state === 'recording'
      ? close(folder, settingsFolder)
      : { manifest: kept, live: false };
  const manifest = (await foldEvents(folder)).manifest();
  const files = await findTracks(folder);
  const whole = manifest.tracks.every(({ file }) => files.has(file));
  if (manifest.state === 'recording' || !whole || files.size !== manifest.tracks.length)
    return close(folder, settingsFolder);
  const file = path.join(folder, MANIFEST_FILE);
  await orStorageError({ cannot: 'write', file }, () => replaceFile(file, writeManifest(manifest)));
  return { manifest, live: false };
}

/** Whether the folder has a manifest, events, a lock or tracks. */
async function isRecording(folder: string): Promise<boolean> {
  try {
    const names = await readdir(folder);
    if ([MANIFEST_FILE, EVENTS_FILE, LOCK_FILE].some((name) => names.includes(name))) return true;
    return names.includes(TRACKS_FOLDER) && (await findTracks(folder)).size > 0;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

async function sizeOf(folder: string, { tracks }: Manifest): Promise<number> {
  const own = [MANIFEST_FILE, EVENTS_FILE, SEAL_FILE].map((name) => path.join(folder, name));
  const located = await locateTracks(
    folder,
    tracks.map(({ file }) => file),
  );
  const sizes = [...own, ...located.values()].map(async (place) => {
    try {
      return (await stat(place)).size;
    } catch {
      return 0; // gone, or never there
    }
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
