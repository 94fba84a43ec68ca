import { rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { finishReplacing, replaceFile, syncFolder } from '../../base/replace-file.ts';
import { rewriteEvents, writeEvent } from '../event-log.ts';
import { EVENTS_FILE, FORGET_FILE, MANIFEST_FILE, TRACKS_FOLDER, WORDS_FILE } from '../layout.ts';
import { manifestSchema, writeManifest, type Manifest } from '../manifest.ts';
import { readRegular } from '../open-regular.ts';
import { foldEvents } from '../rebuild-manifest.ts';
import { orStorageError } from '../storage-error.ts';
import { addSealLine } from '../seal/add-seal-line.ts';
import { checkSeal } from '../seal/check-seal.ts';
import { findTracks } from '../track-files.ts';
import { entriesOf } from './entries.ts';
import { exportsOf } from './exports-of.ts';
import { removeIntent, type Intent } from './intent.ts';
import { withoutPerson } from './without-person.ts';

/** Longer than the transcript of a day. */
const MOST_WORDS_BYTES = 256 * 1024 * 1024;

/** What was done to a recording. */
export interface Forgotten {
  readonly manifest: Manifest;
  /** Files that were deleted or changed, absolute. */
  readonly files: readonly string[];
  /** Files in `exports/` that were left although they may hold the voice, or the name in a marker. Absolute. */
  readonly unsure: readonly string[];
}

/**
 * Takes a person out of the closed recording in `folder`, whose intent is on the disk and whose manifest is given. Each
 * step may be done again: after a crash all of them are. Throws StorageError; the intent then stays.
 */
export async function carryOut(
  folder: string,
  {
    intent,
    manifest,
    settingsFolder,
  }: {
    readonly intent: Intent;
    readonly manifest: Manifest;
    /** Where the key of the seal is; null: what is added to it is not signed. */
    readonly settingsFolder: string | null;
  },
): Promise<Forgotten> {
  const before = await checkSeal(folder, await findTracks(folder), 'dead');
  await endReplacing(folder, intent);
  const { certain, unsure } = await exportsOf(folder, { leaving: intent, manifest });
  const gone = [...(await filesOfTracks(folder, intent)), ...certain];
  for (const place of gone) await remove(place);
  for (const place of new Set(gone.map((each) => path.dirname(each)))) await syncFolder(place);
  const files = [...gone, ...(await leaveWords(folder, intent))];
  files.push(...(await leaveEvents(folder, { intent, samples: manifest.samples })));
  const left = await leaveManifest(folder, { intent, manifest });
  files.push(path.join(folder, MANIFEST_FILE));
  await endReplacing(folder, intent);
  await addSealLine(folder, {
    act: 'forgotten',
    before,
    files: [EVENTS_FILE, ...intent.tracks],
    samples: manifest.samples,
    atMs: Date.parse(intent.at),
    settingsFolder,
  }).catch(() => undefined); // `verify` then says that the log is not as sealed
  await removeIntent(folder);
  return { manifest: left, files, unsure };
}

/** Nothing may be left beside a file that a crash, or a disk that replaces in two steps, interrupted. */
async function endReplacing(folder: string, { tracks }: Intent): Promise<void> {
  const own = [FORGET_FILE, MANIFEST_FILE, EVENTS_FILE, WORDS_FILE];
  await finishReplacing(folder, new Set(own));
  await finishReplacing(path.join(folder, TRACKS_FOLDER), new Set(tracks.flatMap(namesOfTrack)));
}

/** Tracks and peaks of the person, in whatever Unicode form the disk spells their names. */
async function filesOfTracks(folder: string, { tracks }: Intent): Promise<string[]> {
  const names = new Set(tracks.flatMap(namesOfTrack));
  const entries = await entriesOf(path.join(folder, TRACKS_FOLDER));
  return entries
    .filter(({ name, kind }) => kind !== 'folder' && names.has(name.normalize('NFC')))
    .map(({ place }) => place);
}

function namesOfTrack(file: string): string[] {
  const name = path.posix.basename(file);
  return [name, name.replace(/\.opus$/, '.peaks.dat')];
}

function remove(file: string): Promise<void> {
  return orStorageError({ cannot: 'write', file }, () =>
    rm(file, { recursive: true, force: true }),
  );
}

/** The transcript without what the person said; deleted where nobody can read what it says. */
async function leaveWords(folder: string, intent: Intent): Promise<string[]> {
  const file = path.join(folder, WORDS_FILE);
  const entry = (await entriesOf(folder)).find(({ name }) => name === WORDS_FILE);
  if (entry === undefined || entry.kind === 'folder') return [];
  const words = parseJson((await readRegular(file, MOST_WORDS_BYTES)) ?? '');
  const left = words === undefined ? undefined : withoutPerson(words, intent);
  if (left === undefined) await remove(file);
  else
    await orStorageError({ cannot: 'write', file }, () =>
      replaceFile(file, `${JSON.stringify(left, null, 2)}\n`),
    );
  return [file];
}

/** The log without the person's events, and one more that says so; none where there is no log. */
async function leaveEvents(
  folder: string,
  { intent, samples }: { readonly intent: Intent; readonly samples: number },
): Promise<string[]> {
  const file = path.join(folder, EVENTS_FILE);
  const { at } = intent;
  let isTold = false;
  try {
    await orStorageError({ cannot: 'write', file }, () =>
      rewriteEvents(
        folder,
        (event) => {
          isTold ||= event.event === 'forgotten' && event.at === at;
          return withoutPerson(event, intent);
        },
        () => (isTold ? [] : [writeEvent({ event: 'forgotten', at, samples }, Date.parse(at))]),
      ),
    );
    return [file];
  } catch (error) {
    if (systemErrorCode(error instanceof Error ? error.cause : error) === 'ENOENT') return [];
    throw error;
  }
}

async function leaveManifest(
  folder: string,
  { intent, manifest }: { readonly intent: Intent; readonly manifest: Manifest },
): Promise<Manifest> {
  const { at } = intent;
  const before = manifest.forgotten ?? [];
  const forgotten = before.some((each) => each.at === at) ? before : [...before, { at }];
  const cleaned = manifestSchema.safeParse(withoutPerson({ ...manifest, forgotten }, intent));
  const left = cleaned.data ?? (await foldEvents(folder)).manifest();
  const file = path.join(folder, MANIFEST_FILE);
  await orStorageError({ cannot: 'write', file }, () => replaceFile(file, writeManifest(left)));
  return left;
}
