import { systemErrorCode } from '../../base/errors.ts';
import { readEvents } from '../event-log.ts';
import { manifestParts, MOST_ENTRIES, type Manifest } from '../manifest.ts';
import { foldEvents } from '../rebuild-manifest.ts';

/** Discord's names have 32 characters; a log made to do harm may hold any. */
export const MOST_NAME_CHARACTERS = 256;
export const MOST_NAMES = 100;
/** As many as manifest and events can name. */
export const MOST_TRACKS = 2 * MOST_ENTRIES.tracks;

/** Somebody who leaves a recording, by everything under which its files know them. */
export interface Leaving {
  readonly userId: string;
  /** As Discord told them over time; those that nobody else in the recording has. */
  readonly names: readonly string[];
  /** `tracks/NN-name.opus` in NFC: their tracks, unknown ones that were named later among them. */
  readonly tracks: readonly string[];
}

/**
 * What a closed recording knows of a person; null when neither manifest nor events know them. Throws StorageError when
 * the log is no plain file.
 */
export async function findPerson(
  folder: string,
  { manifest, userId }: { readonly manifest: Manifest; readonly userId: string },
): Promise<Leaving | null> {
  const told = (await foldEvents(folder)).manifest();
  const tracks = [...manifest.tracks, ...told.tracks];
  const people = [...manifest.people, ...told.people, ...tracks];
  const ledger = [...(manifest.consent.people ?? []), ...(told.consent.people ?? [])];
  const names = new Set(people.filter((one) => one.userId === userId).map(({ name }) => name));
  let isKnown = names.size > 0 || ledger.some((entry) => entry.userId === userId);
  const own = new Set(tracks.filter((track) => track.userId === userId).map(({ file }) => file));
  const others = new Set(tracks.map(({ file }) => file).filter((file) => !own.has(file)));
  for await (const event of eventsIn(folder)) {
    if (event['userId'] !== userId) continue;
    isKnown = true;
    if (typeof event['name'] === 'string') names.add(event['name']);
    const file = manifestParts.track.shape.file.safeParse(event['file']).data;
    if (file !== undefined && !others.has(file)) own.add(file); // also of a track that was removed since
  }
  if (!isKnown) return null;
  for (const other of people) if (other.userId !== userId) names.delete(other.name);
  const fitting = [...names].filter(({ length }) => length > 0 && length <= MOST_NAME_CHARACTERS);
  return { userId, names: fitting.slice(0, MOST_NAMES), tracks: [...own].slice(0, MOST_TRACKS) };
}

/** None where there is no log or it cannot be read. */
async function* eventsIn(folder: string): ReturnType<typeof readEvents> {
  try {
    yield* readEvents(folder);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
  }
}
