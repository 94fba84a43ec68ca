import path from 'node:path';
import { recordingFolderName, toSafeName, trackFile } from '../../../main/recording/layout.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

/** Parts that names are made of. */
const PARTS: readonly string[] = [
  ...['a', 'B', 'ß', 'é', 'e\u0301', 'İ', 'ı', 'ﬁ', 'Ａ', 'K', 'Å', 'ñ', 'ſ', '0', '٣', '日', '語'],
  ...[
    '👩‍👩‍👧‍👦',
    '🏳️‍🌈',
    '👍🏽',
    '🇫🇷',
    '\u200d',
    '\ufe0f',
    '\u0301\u0302\u0303',
    '\u202e',
    '\u2066',
    '\u200f',
  ],
  ...['/', '\\', '..', '../', '..\\', ':', '*', '?', '"', '<', '>', '|', '%2e', '~', '$', '`', "'"],
  ...[
    '.',
    ' ',
    '\u00a0',
    '\u3000',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u0007',
    '\u001b[31m',
    '\u0085',
    '\u2028',
  ],
  ...[
    '\ud800',
    '\udfff',
    '\ufeff',
    '\uffff',
    '\u00ad',
    '\u200b',
    '\u180e',
    '-',
    '--',
    '.opus',
    '.new',
  ],
];

const WHOLE: readonly string[] = [
  ...['', '.', '..', 'CON', 'con', 'NUL', 'nul.txt', 'AUX ', 'PRN.', 'COM1', 'com¹', 'LPT9.opus'],
  ...[
    'CONIN$',
    'CLOCK$',
    'a'.repeat(100),
    '語'.repeat(100),
    '👩‍👩‍👧‍👦'.repeat(20),
    '__proto__',
    'desktop.ini',
  ],
];

/** Names that Windows has for devices, as its own documentation lists them. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/** Characters that Windows does not take in a file's name. */
const FORBIDDEN = /[/\\:*?"<>|\u0000-\u001f\u007f-\u009f]/;

/** Names that are compared with each other: as many as the tracks of one recording. */
const TRACKS = 1_000;

/**
 * Makes names of tracks and folders out of names from Discord. None may leave its folder, be a device's, or be longer
 * than file systems take; no two tracks of a recording may differ only in case or normal form.
 */
export function fuzzDiscordNames(options: {
  readonly count: number;
  readonly seed: number;
}): FuzzReport {
  const random = new SeededRandom(options.seed);
  const run = new FuzzRun({ kind: 'names', ...options });
  let taken = new Set<string>();
  let before = '';
  while (run.goesOn) {
    const number = (run.tried % TRACKS) + 1;
    if (number === 1) taken = new Set();
    const name = madeUp(random, before);
    run.try(name, () => {
      const file = trackFile(number, name);
      check(file.slice('tracks/'.length));
      check(
        recordingFolderName(
          { wallMs: Date.UTC(2026, 10, 23), timeZone: 'UTC' },
          { guild: name, channel: before },
        ),
      );
      if (path.posix.dirname(path.posix.normalize(file)) !== 'tracks') throw new Error('elsewhere');
      const folded = file.normalize('NFKC').toUpperCase().toLowerCase();
      if (taken.has(folded)) throw new Error(`twice: ${file}`);
      taken.add(folded);
      if (toSafeName(toSafeName(name, 'x'), 'x') !== toSafeName(name, 'x'))
        throw new Error('a safe name is not safe');
      return file.endsWith('-speaker.opus') ? 'nothing left' : 'named';
    });
    before = name;
  }
  return run.report();
}

/** Throws unless `name` is a file name on every platform. */
function check(name: string): void {
  const fault = FORBIDDEN.test(name)
    ? 'forbidden character'
    : DEVICE.test(name)
      ? 'device'
      : /[. ]$/.test(name)
        ? 'dot or space at the end'
        : name === '' || name === '.' || name === '..'
          ? 'no name'
          : Buffer.byteLength(name) > 255 || /\p{Surrogate}/u.test(name)
            ? 'too long, or torn'
            : name === name.normalize('NFC')
              ? null
              : 'not NFC';
  if (fault !== null) throw new Error(`${fault}: ${JSON.stringify(name)}`);
}

/** A made-up name; at times the one before, in another case or normal form. */
function madeUp(random: SeededRandom, before: string): string {
  const dice = random.next();
  if (dice < 0.1) return before;
  if (dice < 0.15) return before.toUpperCase();
  if (dice < 0.2) return before.normalize(random.next() < 0.5 ? 'NFD' : 'NFKD');
  if (dice < 0.3) return WHOLE[random.integer(WHOLE.length)] ?? '';
  const length = random.integer(random.next() < 0.5 ? 8 : 100);
  let name = '';
  while (name.length < length) {
    name +=
      random.next() < 0.1
        ? String.fromCodePoint(random.integer(0x11_0000))
        : (PARTS[random.integer(PARTS.length)] ?? '');
  }
  return name.slice(0, 100);
}
