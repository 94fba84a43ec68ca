/** A folder's separator; JSON has a backslash twice. */
const SEPARATOR = String.raw`(?:\\\\|[\\/]|%2F|%5C)`;

/** Up to the end of a string in JSON, else of the line. A stack behind an error's message stays: it names our own files. */
const REST = String.raw`(?:(?!\\n +at )(?:\\.|[^"\\\n]))*`;

/** What the name of a recording's folder begins with, wherever the folder is (contract: `YYYY-MM-DD HH-MM-SS …`). */
const RECORDING = String.raw`\b\d{4}-\d\d-\d\d(?: |%20)\d\d-\d\d-\d\d(?: |%20)`;

/** A track's or an export's name, which is a person's (contract: `NN-name` with the format's extension). */
const TRACK = String.raw`\b\d\d+-[^"\\/\n]*?\.(?:opus|wav|flac|peaks\.dat)\b`;

export interface MaskedFolders {
  /** Of this user; becomes `~`. */
  readonly homeFolder: string;
  /** Becomes `<recordings>`, and whatever is below it `…`: names of servers, channels and people. */
  readonly libraryFolder: string;
}

/**
 * The text of a log without the names that are in paths, however a path is written there: plain, in JSON, as a URL, in
 * another case, with accents composed or not.
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

/** Each character as it is, or as a URL has it. */
function namePattern(name: string): string {
  return Array.from(name, (character) => {
    const bytes = Array.from(Buffer.from(character), (byte) => `%${toHex(byte).padStart(2, '0')}`);
    return `(?:\\u{${toHex(character.codePointAt(0) ?? 0)}}|${bytes.join('')})`;
  }).join('');
}

function toHex(value: number): string {
  return value.toString(16);
}
