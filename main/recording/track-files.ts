import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { readEvents } from './event-log.ts';
import { trackFile, TRACKS_FOLDER } from './layout.ts';
import { readManifest } from './rebuild-manifest.ts';
import { toRecordingEvent } from './recording-event.ts';
import { StorageError, toStorageError } from './storage-error.ts';
import { readTrackHead } from './track/track-reader.ts';
import { parseTrackTags } from './track/track-stream.ts';

/**
 * Tracks by `tracks/NN-name.opus` in NFC, which is how events and manifest name them, with the absolute path as the disk
 * spells it: HFS+ and some archives decompose names.
 */
export type TrackFiles = ReadonlyMap<string, string>;

const TRACK_NAME = /^(\d{2,})-.+\.opus$/u;

/** In the order of their numbers. */
const inOrder = new Intl.Collator('en', { numeric: true });

/**
 * The tracks of a folder that are there: the files that its events or its manifest name. Where neither can be read, those
 * with the header of our tracks, of several copies of one track the one with the track's own name. Whatever else lies in
 * `tracks/` is nobody's, and so is a link. `named`: what `namedTracks` has read. Throws StorageError when the folder cannot be listed.
 */
export async function findTracks(folder: string, named?: NamedTracks): Promise<TrackFiles> {
  const { files, removed, isComplete } = named ?? (await namedTracks(folder));
  const present = await plainTrackFiles(folder);
  const found = pick(present, files);
  if (!isComplete) {
    const others = [...present.byName].filter(([file]) => !found.has(file) && !removed.has(file));
    const headed = await headedTracks(others, [...found.values()]);
    for (const [file, place] of headed) found.set(file, place);
  }
  return new Map([...found].sort(([a], [b]) => inOrder.compare(a, b)));
}

/** Those of the named tracks that are there, in the order given. Throws StorageError when the folder cannot be listed. */
export async function locateTracks(folder: string, files: readonly string[]): Promise<TrackFiles> {
  return pick(await plainTrackFiles(folder), files);
}

/** Names of the plain files in a folder; empty when there is no such folder, or it is a link. Throws StorageError. */
async function plainFiles(folder: string): Promise<string[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw toStorageError(error, { cannot: 'read', file: folder });
  }
}

interface PlainTrackFiles {
  /** Paths by the names as the disk spells them. */
  readonly exactly: TrackFiles;
  /** Paths by the names in NFC. */
  readonly byName: TrackFiles;
}

async function plainTrackFiles(folder: string): Promise<PlainTrackFiles> {
  const place = path.join(folder, TRACKS_FOLDER);
  const names = await plainFiles(place);
  const entries = names.map(
    (name) => [`${TRACKS_FOLDER}/${name}`, path.join(place, name)] as const,
  );
  const byName = new Map(entries.map(([file, at]) => [file.normalize('NFC'), at]));
  return { exactly: new Map(entries), byName };
}

/** Two files may have one name in two forms: the one that is spelled as named is meant. */
function pick({ exactly, byName }: PlainTrackFiles, files: Iterable<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    const place = exactly.get(file) ?? byName.get(file.normalize('NFC'));
    if (place !== undefined) found.set(file.normalize('NFC'), place);
  }
  return found;
}

/**
 * Tracks that events and manifest name, in NFC, without those that were `removed`. `isComplete`: one of the two could be
 * read whole.
 */
interface NamedTracks {
  readonly files: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly isComplete: boolean;
}

/** Reads events and manifest once. */
export async function namedTracks(folder: string): Promise<NamedTracks> {
  const manifest = await readManifest(folder);
  const files = new Set(manifest?.tracks.map(({ file }) => file));
  const removed = new Set<string>();
  let begins = false;
  let isDamaged = false;
  const take = (tracks: readonly { readonly file: string }[]): void => {
    for (const { file } of tracks) files.add(file);
  };
  try {
    for await (const logged of readEvents(folder, () => (isDamaged = true))) {
      const event = toRecordingEvent(logged);
      if (event === null && logged.event === 'track') isDamaged = true;
      else if (event?.event === 'recording') begins = true;
      else if (event?.event === 'track') take([event]);
      else if (event?.event === 'removed') removed.add(event.file);
      else if (event?.event === 'stopped' || event?.event === 'recovered') take(event.tracks);
      else if (event?.event === 'manifest') {
        begins = true;
        take(event.manifest.tracks);
      }
    }
  } catch (error) {
    if (!(error instanceof StorageError) && systemErrorCode(error) === null) throw error;
    isDamaged = true; // a missing or unreadable log names nothing
  }
  for (const file of removed) files.delete(file);
  return { files, removed, isComplete: manifest !== null || (begins && !isDamaged) };
}

/** Of `candidates` those with the header of our tracks that are no copies of each other or of the `known` ones. */
async function headedTracks(
  candidates: readonly (readonly [file: string, place: string])[],
  known: readonly string[],
): Promise<TrackFiles> {
  const taken = new Set<number>();
  for (const place of known) {
    const head = await readTrackHead(place);
    if (head !== null) taken.add(head.serial);
  }
  const ours: { file: string; place: string; serial: number; hasOwnName: boolean }[] = [];
  for (const [file, place] of candidates) {
    const number = TRACK_NAME.exec(path.posix.basename(file))?.[1];
    const head = number === undefined ? null : await readTrackHead(place);
    if (head === null || taken.has(head.serial)) continue;
    const { name } = parseTrackTags(head.comments) ?? { name: '' };
    const hasOwnName = file === trackFile(Number(number), name);
    ours.push({ file, place, serial: head.serial, hasOwnName });
  }
  ours.sort(
    (a, b) =>
      Number(b.hasOwnName) - Number(a.hasOwnName) ||
      a.file.length - b.file.length ||
      inOrder.compare(a.file, b.file),
  );
  const first = new Map<number, { file: string; place: string }>();
  for (const each of ours) if (!first.has(each.serial)) first.set(each.serial, each);
  return new Map([...first.values()].map(({ file, place }) => [file, place]));
}
