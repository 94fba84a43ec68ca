/** Names in a recording's folder. */
export const MANIFEST_FILE = 'recording.json';
export const EVENTS_FILE = 'events.jsonl';
export const LOCK_FILE = 'recording.lock';
/** Space held back while recording; bears this name only on disks that do not unlink open files. */
export const RESERVE_FILE = '.reserve';
export const TRACKS_FOLDER = 'tracks';

const MOST_CHARACTERS = 40;
const MOST_BYTES = 100;

/** Names that Windows gives to devices, with any extension and in any case; the superscript digits count too. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** `YYYY-MM-DD HH-MM-SS server - channel`, in the computer's local time. */
export function recordingFolderName(
  startedAt: Date,
  place: { readonly guild: string; readonly channel: string },
): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const year = String(startedAt.getFullYear()).padStart(4, '0');
  const date = `${year}-${two(startedAt.getMonth() + 1)}-${two(startedAt.getDate())}`;
  const time = [startedAt.getHours(), startedAt.getMinutes(), startedAt.getSeconds()].map(two);
  const guild = toSafeName(place.guild, 'server');
  return `${date} ${time.join('-')} ${guild} - ${toSafeName(place.channel, 'channel')}`;
}

/** `tracks/NN-name.opus`; `number` counts from 1. */
export function trackFile(number: number, name: string): string {
  return `${TRACKS_FOLDER}/${String(number).padStart(2, '0')}-${toSafeName(name, 'speaker')}.opus`;
}

/**
 * A name from Discord as a part of a file name on any platform: NFC, at most 40 characters and 100 bytes of UTF-8, no
 * separators, control or invisible direction characters, no device name, no dot or space at its end. `fallback` when
 * nothing is left.
 * @internal exported for tests
 */
export function toSafeName(name: string, fallback: string): string {
  const clean = name
    .replace(/\p{Surrogate}/gu, '') // halves that belong to no character
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/\s+/g, ' ')
    .normalize('NFC') // last: a character between a letter and its accent may have been removed
    .trim();
  const short = trimEnd(shorten(clean));
  if (short === '' || short === '.' || short === '..') return fallback;
  return RESERVED.test(short) ? trimEnd(shorten(`_${short}`)) : short;
}

/** Cuts between graphemes, so that no accent or emoji is torn, unless the first one alone is too long. */
function shorten(name: string): string {
  const graphemes = Array.from(new Intl.Segmenter('en').segment(name), ({ segment }) => segment);
  return takeFitting(graphemes) || takeFitting(Array.from(name));
}

/** As many parts from the front as fit. Counts UTF-16 units, so that the limit holds however characters are counted. */
function takeFitting(parts: readonly string[]): string {
  let short = '';
  for (const part of parts) {
    const longer = short + part;
    if (longer.length > MOST_CHARACTERS || Buffer.byteLength(longer) > MOST_BYTES) break;
    short = longer;
  }
  return short;
}

/** Windows drops dots and spaces at the end of a name without a word. */
function trimEnd(name: string): string {
  return name.replace(/[. ]+$/, '');
}
