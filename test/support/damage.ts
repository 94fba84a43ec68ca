import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SeededRandom } from '../../main/base/seeded-random.ts';

/** What is done to a recording's folder after its process was killed, beyond the kill itself. */
export interface Damage {
  readonly tracks: 'whole' | 'torn';
  readonly manifest: 'kept' | 'deleted' | 'half-written beside';
}

/** A track that was torn. The crash counts as having happened when its last page was written. */
export interface Torn {
  /** `tracks/01-name.opus` */
  readonly file: string;
  /** Time of the file's last write before it was torn, on the wall clock. */
  readonly writtenAtWallMs: number;
}

const TORN_SHARE = 0.4;
const MANIFEST_SHARE = 0.2;

export function chooseDamage(random: SeededRandom): Damage {
  const tracks = random.next() < TORN_SHARE ? 'torn' : 'whole';
  const luck = random.next();
  if (luck < MANIFEST_SHARE) return { tracks, manifest: 'deleted' };
  return { tracks, manifest: luck < 2 * MANIFEST_SHARE ? 'half-written beside' : 'kept' };
}

/**
 * Damages the folder of a killed recording as if its last writes had been cut in the middle; null when no track was
 * torn. SIGKILL lets a write that has begun end, so a torn page has to be made: one track is cut at a random byte of
 * its last page, and events.jsonl within its last line. A real cut happens while the page is written, so the loss is
 * counted from the file's mtime. The page's packets are lost: up to 400 ms since the flush before, and what the jitter
 * buffer held then.
 */
export async function damageRecording(
  folder: string,
  { tracks, manifest }: Damage,
  random: SeededRandom,
): Promise<Torn | null> {
  const json = path.join(folder, 'recording.json');
  if (manifest === 'deleted') {
    await rm(json);
  } else if (manifest === 'half-written beside') {
    const text = await readFile(json);
    await writeFile(`${json}.4711.new`, text.subarray(0, random.integer(text.byteLength)));
  }
  if (tracks === 'whole') return null;
  await tearFrom(path.join(folder, 'events.jsonl'), startOfLastLine, random);
  const files = (await readdir(path.join(folder, 'tracks'))).filter((name) =>
    name.endsWith('.opus'),
  );
  const name = files.sort()[random.integer(files.length)];
  if (name === undefined) return null;
  const file = path.join(folder, 'tracks', name);
  const { mtimeMs } = await stat(file);
  await tearFrom(file, (bytes) => bytes.lastIndexOf('OggS'), random);
  return { file: `tracks/${name}`, writtenAtWallMs: mtimeMs };
}

/** Cuts a file at a random byte of its last part, which begins where `startOf` says. */
async function tearFrom(
  file: string,
  startOf: (bytes: Buffer) => number,
  random: SeededRandom,
): Promise<void> {
  const bytes = await readFile(file);
  const from = Math.max(0, startOf(bytes));
  await truncate(file, from + random.integer(bytes.byteLength - from));
}

function startOfLastLine(bytes: Buffer): number {
  return bytes.lastIndexOf('\n', bytes.byteLength - 2) + 1;
}
