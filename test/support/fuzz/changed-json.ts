import type { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedBytes } from './changed-bytes.ts';

/** `value` after a round trip through JSON. */
export function toJson(value: unknown): Json {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- what JSON.parse gives is JSON
  return JSON.parse(JSON.stringify(value)) as Json;
}

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON texts to put in place of a value, also ones that `JSON.stringify` never writes. */
const WRITTEN: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '-1', '0.5', '1e308', '1e999', '-1e999', '5e-324'],
  ...['9007199254740993', '4294967296', '2147483648', '-2147483649', '65536', '255', '256'],
  ...['""', '"0"', '"-1"', '"18446744073709551615"', '"18446744073709551616"', '"1e3"'],
  ...['"__proto__"', '"constructor"', '"\\ud800"', '"\\udfff\\u0000"', '"\\u202e../../x"'],
  ...['[]', '{}', '[[]]', '[null]', '[1,"1",{}]', '{"__proto__":{"length":1e9}}'],
  ...['{"length":4294967295}', '{"constructor":{"prototype":null}}', '{"toString":1,"valueOf":2}'],
  ...['[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]', '"2026-11-23T10:15:30.123Z"'],
  ...['"9999-12-31T23:59:59.999Z"', '"0000-01-01T00:00:00.000Z"', '9007199254740991'],
];

/** Texts that look like JSON and are none. */
const BROKEN = [
  'NaN',
  'Infinity',
  'undefined',
  '01',
  '+1',
  '.5',
  "'x'",
  '[1,]',
  '{"a":1,',
  '"\\x"',
];

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '0', 'd'];

/** `part` repeated, up to that many characters. */
const many = (part: string, characters: number): string =>
  part.repeat(Math.max(1, Math.floor(characters / part.length)));

const HUGE_LISTS: readonly ((characters: number) => string)[] = [
  (characters) => `[${many('1,', characters)}1]`,
  (characters) => `[${many('{},', characters)}{}]`,
  (characters) => `[${many('"1",', characters)}"1"]`,
];

const HUGE: readonly ((characters: number) => string)[] = [
  ...HUGE_LISTS,
  (characters) => `${many('[', characters / 2)}${many(']', characters / 2)}`,
  (characters) => `${many('{"a":', characters)}1`,
  (characters) => `"${many('9', characters)}"`,
  (characters) => `"${many('\\\\', characters)}"`,
  (characters) => `"${many('\\u0301', characters)}"`,
  (characters) => many('9', characters),
];

/** Marks the place of a text that is put in after `JSON.stringify`. */
const PLACE = '\u0001';

interface Slot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

/** `value` as JSON with up to three places changed; in 5 % of calls the text's bytes are changed too. */
export function changedJson(value: Json, random: SeededRandom, mostHuge = 300): string {
  const root = { value: structuredClone(value) };
  const fillings: string[] = [];
  const slots: Slot[] = [];
  collect(root, slots);
  for (let changes = random.integer(4); changes > 0; changes -= 1) {
    const slot = slots[random.integer(slots.length)];
    if (slot !== undefined) change(slot, { random, fillings, mostHuge, slots });
  }
  let next = 0;
  const text = JSON.stringify(root.value ?? null).replaceAll(`"\\u0001"`, () => {
    next += 1;
    return fillings[next - 1] ?? 'null';
  });
  if (random.next() > 0.05) return text;
  return Buffer.from(changedBytes(Buffer.from(text), random)).toString('utf8');
}

/** `value` as JSON with one of its lists, or any place when it has none, replaced by a text of that many characters. */
export function hugeJson(value: Json, random: SeededRandom, characters: number): string {
  const root = { value: structuredClone(value) };
  const slots: Slot[] = [];
  collect(root, slots);
  const lists = slots.filter(({ holder, key }) => Array.isArray(Reflect.get(holder, key)));
  const places = lists.length > 0 ? lists : slots;
  const place = places[random.integer(places.length)];
  if (place !== undefined) Reflect.set(place.holder, place.key, PLACE);
  const kinds = lists.length > 0 ? HUGE_LISTS : HUGE;
  const huge = kinds[random.integer(kinds.length)]?.(characters) ?? '[]';
  return JSON.stringify(root.value).replace('"\\u0001"', () => huge);
}

interface Changing {
  readonly random: SeededRandom;
  readonly fillings: string[];
  readonly mostHuge: number;
  readonly slots: readonly Slot[];
}

function change({ holder, key }: Slot, { random, fillings, mostHuge, slots }: Changing): void {
  const dice = random.next();
  const put = (value: unknown): void => {
    if (Array.isArray(holder)) holder[Number(key)] = value;
    else holder[key] = value;
  };
  if (dice < 0.1) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
  } else if (dice < 0.2) {
    const other = slots[random.integer(slots.length)];
    const value: unknown = other === undefined ? null : Reflect.get(other.holder, other.key);
    put(structuredClone(value)); // the value of another place
  } else if (dice < 0.25 && !Array.isArray(holder)) {
    const name = NAMES[random.integer(NAMES.length)] ?? '';
    const value = { enumerable: true, configurable: true, writable: true, value: holder[key] };
    Object.defineProperty(holder, name, value);
  } else {
    const huge = HUGE[random.integer(HUGE.length)];
    const size = Math.floor(mostHuge ** random.next());
    const list = random.next() < 0.03 ? BROKEN : WRITTEN;
    const written = list[random.integer(list.length)] ?? 'null';
    fillings.push(dice < 0.28 && huge !== undefined ? huge(size) : written);
    put(PLACE);
  }
}

function collect(value: unknown, slots: Slot[]): void {
  if (Array.isArray(value)) {
    for (const [key, inner] of value.entries()) {
      slots.push({ holder: value, key });
      collect(inner, slots);
    }
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      slots.push({ holder: value, key });
      collect(inner, slots);
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
