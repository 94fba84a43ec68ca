import { wallTime } from '../base/time-zone.ts';

/** Names in a recording's folder. */
export const MANIFEST_FILE = 'recording.json';
export const EVENTS_FILE = 'events.jsonl';
export const SEAL_FILE = 'seal.jsonl';
export const LOCK_FILE = 'recording.lock';
/** Only while somebody is taken out of the recording: who, so that it is done to its end after a crash. */
export const FORGET_FILE = 'recording.forget';
/** The transcript, when there is one. */
export const WORDS_FILE = 'words.json';
/** Space held back while recording; bears this name only on disks that do not unlink open files. */
export const RESERVE_FILE = '.reserve';
export const TRACKS_FOLDER = 'tracks';
/** Where exports go unless another folder is chosen. */
export const EXPORTS_FOLDER = 'exports';

const MOST_CHARACTERS = 40;
const MOST_BYTES = 100;

/** Bytes of the longest name that every disk takes: eCryptfs leaves 143 of 255. */
const SHORT_NAME_BYTES = 143;

/** ` (9999)` behind a folder's name that is taken. */
const NUMBER_BYTES = 7;

/** Names that Windows gives to devices, with any extension and in any case; the superscript digits count too. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * Endings by which a system opens a file or folder as a program, or goes where it points: Windows by PATHEXT, links and
 * the class of a folder, macOS by bundles and scripts, freedesktop systems by launchers.
 */
const PROGRAM = new RegExp(
  `\\.(${[
    ...[
      'exe',
      'com',
      'bat',
      'cmd',
      'scr',
      'pif',
      'cpl',
      'hta',
      'jar',
      'lnk',
      'url',
      'website',
      'scf',
    ],
    ...[
      'msi',
      'msp',
      'mst',
      'msix',
      'appx',
      'msc',
      'reg',
      'inf',
      'gadget',
      'application',
      'appref-ms',
    ],
    ...[
      'vbs?',
      'vbe',
      'jse?',
      'ws[fh]?',
      'wsc',
      'ps1',
      'psm1',
      'psd1',
      'chm',
      'diagcab',
      'settingcontent-ms',
    ],
    ...[
      'library-ms',
      'search-ms',
      'searchconnector-ms',
      'theme',
      'themepack',
      'dll',
      'sys',
      'xll',
      'ocx',
    ],
    ...[
      'app',
      'pkg',
      'mpkg',
      'dmg',
      'bundle',
      'workflow',
      'action',
      'command',
      'tool',
      'terminal',
      'term',
    ],
    ...[
      'kext',
      'plugin',
      'component',
      'framework',
      'prefpane',
      'saver',
      'service',
      'xpc',
      'appex',
      'wdgt',
    ],
    ...[
      'qlgenerator',
      'mdimporter',
      'osax',
      'scpt',
      'scptd',
      'applescript',
      'webloc',
      'inetloc',
      'fileloc',
    ],
    ...[
      'desktop',
      'appimage',
      'run',
      'sh',
      'bash',
      'zsh',
      'csh',
      'fish',
      'bin',
      'deb',
      'rpm',
      'flatpakref',
    ],
    ...['flatpak', 'snap', 'apk', 'ipa', 'py[wc]?', 'pyz', 'rb', 'pl', '\\{[0-9a-f-]{36}\\}'],
  ].join('|')})$`,
  'i',
);

/** Characters that show nothing, Braille's blank and Hangul's fillers among them, but for what joins others. */
const FACELESS =
  /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb]/gu;

/** Joiners in words of Arabic and Indic scripts, and what makes one emoji of several. */
const JOINING =
  /(?<=\p{M}|\p{Script=Arabic})[\u200c\u200d](?=\p{L})|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)/gu;

/**
 * `YYYY-MM-DD HH-MM-SS server - channel`, in the time of that zone. `short`: in at most 143 bytes with a number behind
 * it, for disks that refuse more.
 */
export function recordingFolderName(
  startedAt: { readonly wallMs: number; readonly timeZone: string },
  place: { readonly guild: string; readonly channel: string },
  length: 'usual' | 'short' = 'usual',
): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const { year, month, day, hour, minute, second } = wallTime(startedAt.wallMs, startedAt.timeZone);
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const begin = `${date} ${[hour, minute, second].map(two).join('-')} `;
  const between = ' - ';
  const room = SHORT_NAME_BYTES - NUMBER_BYTES - begin.length - between.length;
  const bytes = length === 'usual' ? MOST_BYTES : Math.floor(room / 2);
  const guild = toSafeName(place.guild, 'server', bytes);
  return `${begin}${guild}${between}${toSafeName(place.channel, 'channel', bytes)}`;
}

/** `tracks/NN-name.opus`; `number` counts from 1. Short enough for every disk. */
export function trackFile(number: number, name: string): string {
  return `${TRACKS_FOLDER}/${String(number).padStart(2, '0')}-${toSafeName(name, 'speaker')}.opus`;
}

/** The name, cut so that with `suffix` and a number behind it every disk takes it; whole where it is that short. */
export function shortFileName(stem: string, suffix: string): string {
  const bytes = SHORT_NAME_BYTES - NUMBER_BYTES - Buffer.byteLength(suffix);
  return trimEnd(shorten(stem, { characters: bytes, bytes }));
}

/**
 * A name from Discord as a part of a file name on any platform: NFC, at most 40 characters and 100 bytes of UTF-8, no
 * separators, control characters or characters without a face, no device name, no ending of a program, no dot or space
 * at its end. `fallback` when nothing is left.
 * @internal exported for tests
 */
export function toSafeName(name: string, fallback: string, mostBytes = MOST_BYTES): string {
  const clean = name
    .replace(/\p{Surrogate}/gu, '') // halves that belong to no character
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const most = { characters: MOST_CHARACTERS, bytes: mostBytes };
  // Cutting may leave a joiner with nothing to join.
  const short = trimEnd(withFace(shorten(withFace(clean), most)));
  if (short === '' || short === '.' || short === '..') return fallback;
  const own = RESERVED.test(short) ? `_${short}` : short;
  const marked = trimEnd(shorten(own, most));
  if (!PROGRAM.test(marked)) return marked;
  const room = { characters: most.characters - 1, bytes: most.bytes - 1 };
  return `${shorten(marked, room)}_`;
}

/** Without characters that show nothing; NFC, blanks as single spaces, separators as `_`. */
function withFace(name: string): string {
  let faces = name;
  // What stood beside a joiner may have shown nothing either.
  for (let before = ''; before !== faces;) {
    before = faces;
    const kept = new Set(Array.from(faces.matchAll(JOINING), ({ index }) => index));
    faces = faces.replace(FACELESS, (character, at: number) => (kept.has(at) ? character : ''));
  }
  return faces
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/\s+/g, ' ')
    .normalize('NFC') // last: a character between a letter and its accent may have been removed
    .trim();
}

interface Most {
  /** UTF-16 units, so that the limit holds however characters are counted. */
  readonly characters: number;
  /** Of UTF-8. */
  readonly bytes: number;
}

/** Cuts between graphemes, so that no accent or emoji is torn, unless the first one alone is too long. */
function shorten(name: string, most: Most): string {
  const graphemes = Array.from(new Intl.Segmenter('en').segment(name), ({ segment }) => segment);
  return takeFitting(graphemes, most) || takeFitting(Array.from(name), most);
}

/** As many parts from the front as fit. */
function takeFitting(parts: readonly string[], most: Most): string {
  let short = '';
  for (const part of parts) {
    const longer = short + part;
    if (longer.length > most.characters || Buffer.byteLength(longer) > most.bytes) break;
    short = longer;
  }
  return short;
}

/** Windows drops dots and spaces at the end of a name without a word. */
function trimEnd(name: string): string {
  return name.replace(/[. ]+$/, '');
}
