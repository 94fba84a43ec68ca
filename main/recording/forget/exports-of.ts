import path from 'node:path';
import { EXPORTS_FOLDER } from '../layout.ts';
import { readRegularBytes } from '../open-regular.ts';
import { entriesOf, type Entry } from './entries.ts';
import type { Manifest } from '../manifest.ts';
import type { Leaving } from './leaving.ts';
import { namesOf } from './without-person.ts';

/** Paths in a recording's `exports/`, absolute. */
export interface VoiceExports {
  /** Files and folders that hold the person's voice, or tell of it. */
  readonly certain: readonly string[];
  /** Files that may hold the voice, or the name in a marker: somebody has to listen, or export them anew. */
  readonly unsure: readonly string[];
}

/** Larger than the tables and projects of a day. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

const SOUND = new Set(
  'aac aif aiff au caf flac m4a mka mp3 mp4 oga ogg opus rf64 w64 wav webm wma'.split(' '),
);

/** A project as an archive: its text cannot be searched. */
const ARCHIVE = new Set(['dawproject']);

/** Hold everybody, also under pseudonyms, where no name betrays the person. */
const OF_EVERYBODY = new Set(['mixdown', 'talk', 'pseudonyms']);

/** What `export` leaves when its process dies. */
const UNFINISHED = /^\.tapedeck-[0-9a-f]{16}\.part$/;

/** Audacity keeps the sound of `NAME.aup` in `NAME_data`. */
const PROJECT = /\.aup$/i;

/**
 * What `exports/` has of a person: sound by the names that `export` gives, tables and projects by what stands in them.
 * Links are not followed. Throws StorageError when a folder cannot be listed.
 */
export async function exportsOf(
  folder: string,
  { leaving, manifest }: { readonly leaving: Leaving; readonly manifest: Manifest },
): Promise<VoiceExports> {
  const search = new Search(leaving, manifest);
  await search.look(path.join(folder, EXPORTS_FOLDER));
  return search;
}

class Search implements VoiceExports {
  readonly certain: string[] = [];
  readonly unsure: string[] = [];
  readonly #own: ReadonlySet<string>;
  readonly #others: ReadonlySet<string>;
  readonly #names: RegExp;
  /** WAV files carry the markers of the recording. */
  readonly #isInMarkers: boolean;

  constructor(leaving: Leaving, { tracks, markers }: Manifest) {
    this.#own = new Set(leaving.tracks.map(stemOf));
    const stems = tracks.map(({ file }) => stemOf(file));
    this.#others = new Set(stems.filter((stem) => !this.#own.has(stem)));
    this.#names = namesOf({ ...leaving, names: [...leaving.names, ...this.#own] });
    this.#isInMarkers = markers.some(({ note }) => this.#mentions(note));
  }

  async look(folder: string): Promise<void> {
    const entries = await entriesOf(folder);
    const data = new Set<string>();
    for (const entry of entries) {
      if (entry.kind !== 'file') continue;
      const holds = await this.#holdsVoice(entry);
      if (holds === 'perhaps') this.unsure.push(entry.place);
      if (holds !== 'yes') continue;
      this.certain.push(entry.place);
      if (PROJECT.test(entry.name)) data.add(entry.name.replace(PROJECT, '_data'));
    }
    for (const { kind, name, place } of entries) {
      if (kind !== 'folder') continue;
      // Deleted before the project: after a crash in between only the project tells whose it is.
      if (data.has(name)) this.certain.unshift(place);
      else await this.look(place);
    }
  }

  async #holdsVoice({ name, place }: Entry): Promise<'yes' | 'no' | 'perhaps'> {
    if (UNFINISHED.test(name)) return 'yes';
    const stem = stemOf(name);
    if (this.#own.has(stem) || OF_EVERYBODY.has(stem)) return 'yes';
    const ending = path.extname(name).slice(1).toLowerCase();
    if (ARCHIVE.has(ending)) return 'yes';
    if (this.#others.has(stem) && SOUND.has(ending)) return this.#isInMarkers ? 'perhaps' : 'no';
    if (this.#mentions(name.normalize('NFC'))) return 'yes';
    if (SOUND.has(ending)) return 'perhaps';
    const bytes = await readRegularBytes(place, MOST_TEXT_BYTES);
    if (bytes === null) return 'perhaps';
    return readings(bytes).some((text) => this.#mentions(text)) ? 'yes' : 'no';
  }

  #mentions(text: string): boolean {
    return text.search(this.#names) >= 0;
  }
}

/** `01-Ada` of `tracks/01-Ada.opus`, `01-Ada.wav` and `01-Ada (2).wav`, in NFC. */
function stemOf(file: string): string {
  const name = path.posix.basename(file).normalize('NFC');
  return path.posix.parse(name).name.replace(/ \(\d+\)$/, '');
}

/** The text of a file in each way that a table or project may be written. */
function readings(bytes: Buffer): string[] {
  const texts = [bytes.toString('utf8')];
  if (bytes.includes(0))
    texts.push(bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le'));
  return texts.flatMap((text) => [text, withoutEscapes(text)]);
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** With the characters that `\uXXXX` and `\"` of JSON, `&#N;`, `&#xN;` and `&name;` of XML stand for. */
function withoutEscapes(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
    .replace(/\\(["\\/])/g, '$1')
    .replace(/&#x([0-9a-f]{1,5});/gi, (_, digits: string) =>
      String.fromCodePoint(parseInt(digits, 16)),
    )
    .replace(/&#(\d{1,6});/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/&(\w{2,4});/g, (escape, name: string) => NAMED[name] ?? escape);
}
