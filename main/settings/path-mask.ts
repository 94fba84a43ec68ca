/** A folder's separator; JSON has a backslash twice. */
const SEPARATOR = String.raw`(?:\\\\|[\\/]|%2F|%5C)`;

/** Up to the end of a string in JSON, else of the line. A stack behind an error's message stays: it names our own files. */
const REST = String.raw`(?:(?!\\n +at )(?:\\.|[^"\\\n]))*`;

/** Start of a recording folder's name, wherever the folder is: `YYYY-MM-DD HH-MM-SS …`. */
const RECORDING = String.raw`\b\d{4}-\d\d-\d\d(?: |%20)\d\d-\d\d-\d\d(?: |%20)`;

/** File name of a track or an export, `NN-name` and extension: the name is a person's. */
const TRACK = String.raw`\b\d\d+-[^"\\/\n]*?\.(?:opus|wav|flac|peaks\.dat)\b`;

/** Folders to mask; absolute. */
export interface MaskedFolders {
  /** The user's home folder; becomes `~`. */
  readonly homeFolder: string;
  /** Becomes `<recordings>`; a path below it becomes `<recordings>/…`, since it names servers, channels and people. */
  readonly libraryFolder: string;
}

/**
 * `text` without the names that stand in paths, however a path is written: plain, in JSON, as a URL, in another case,
 * with accents composed or not.
 */
export function maskPaths(text: string, { homeFolder, libraryFolder }: MaskedFolders): string {
  const [home, library] = [folderPattern(homeFolder), folderPattern(libraryFolder)];
  return text
    .replaceAll(new RegExp(`${library}${SEPARATOR}${REST}`, 'giu'), '<recordings>/…')
    .replaceAll(new RegExp(library, 'giu'), '<recordings>')
    .replaceAll(new RegExp(RECORDING + REST, 'gu'), '<recording>/…')
    .replaceAll(new RegExp(TRACK, 'giu'), '<track>')
    .replaceAll(new RegExp(home, 'giu'), '~');
}

/** Matches nothing for the root of a disk, which names nobody and is in every path. */
function folderPattern(folder: string): string {
  const names = folder.split(/[\\/]+/).filter((name) => name !== '');
  const isRoot = names.every((name) => /^[a-z]:$/i.test(name));
  if (isRoot) return '(?!)';
  const forms = [
    names,
    ...(['NFC', 'NFD'] as const).map((form) => names.map((name) => name.normalize(form))),
  ].map((form) => form.map(namePattern).join(`${SEPARATOR}+`));
  const start = /^[\\/]/.test(folder) ? SEPARATOR : '';
  // `/home/ann` is not the beginning of `/home/anna`.
  return `${start}(?:${[...new Set(forms)].join('|')})(?![\\p{L}\\p{N}])`;
}

/** Matches each character as it is, or percent-encoded as in a URL. */
function namePattern(name: string): string {
  return Array.from(name, (character) => {
    const bytes = Array.from(Buffer.from(character), (byte) => `%${toHex(byte).padStart(2, '0')}`);
    return `(?:\\u{${toHex(character.codePointAt(0) ?? 0)}}|${bytes.join('')})`;
  }).join('');
}

function toHex(value: number): string {
  return value.toString(16);
}
