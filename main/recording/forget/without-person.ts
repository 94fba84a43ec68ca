import type { Leaving } from './leaving.ts';

/** What servers and channels are called by: no person's id or name, though it may read the same. */
const PLACES = new Set(['guild', 'channel', 'guildId', 'channelId', 'channelName']);

/** Fields in which people write, or speak, what they like. */
const FREE_TEXT = new Set(['note', 'notes', 'title', 'text', 'word']);

/** Stands in free text where a name was. */
const LEFT_OUT = '…';

/**
 * A JSON value of a recording without the person: in lists their entries are left out, elsewhere null is in their place,
 * and free text loses their names. Undefined when the whole value is about them.
 */
export function withoutPerson(value: unknown, leaving: Leaving): unknown {
  return isAbout(value, leaving) ? undefined : clean(value, leaving, namesOf(leaving));
}

/** A letter of a script that puts no blanks between words. */
const UNSPACED = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED}`, 'u');
const ENDS_UNSPACED = new RegExp(`${UNSPACED}$`, 'u');

/** Matches id and names as whole words; a name that ends in a letter of a script without blanks, wherever it stands. */
export function namesOf({ userId, names }: Leaving): RegExp {
  const words = [userId, ...names]
    .sort((a, b) => b.length - a.length) // of "Ada" and "Ada B." the longer one first
    .map((word) => {
      const before = BEGINS_UNSPACED.test(word) ? '' : '(?<![\\p{L}\\p{N}])';
      const behind = ENDS_UNSPACED.test(word) ? '' : '(?![\\p{L}\\p{N}])';
      return `${before}${word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${behind}`;
    });
  return new RegExp(`(?:${words.join('|')})`, 'giu');
}

function clean(value: unknown, leaving: Leaving, names: RegExp): unknown {
  if (Array.isArray(value)) {
    const entries: readonly unknown[] = value;
    return entries
      .filter((entry) => !isAbout(entry, leaving))
      .map((entry) => clean(entry, leaving, names));
  }
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([key]) => key !== leaving.userId);
  return Object.fromEntries(
    fields.map(([key, field]): [string, unknown] => {
      if (PLACES.has(key)) return [key, field];
      if (isAbout(field, leaving)) return [key, null];
      if (typeof field === 'string')
        return [key, FREE_TEXT.has(key) ? field.replace(names, LEFT_OUT) : field];
      return [key, clean(field, leaving, names)];
    }),
  );
}

/** Whether a value is the person's id, or an object that is theirs or of one of their tracks. */
function isAbout(value: unknown, { userId, tracks }: Leaving): boolean {
  if (value === userId) return true;
  if (!isObject(value)) return false;
  if (value['userId'] === userId) return true;
  return [value['file'], value['track']].some(
    (file) => typeof file === 'string' && tracks.includes(file.normalize('NFC')),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
