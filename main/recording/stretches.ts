import { z } from 'zod';

/**
 * A list of at most `most` stretches [from, to) in samples. Of an open one `to` is null. Checked by hand: a manifest of
 * 32 MiB may hold two million pairs, for which a schema of tuples holds up the thread for two seconds.
 */
export function stretches(most: number): z.ZodType<[number, number][]> {
  return z.custom<[number, number][]>((value) => isListOf(value, { most, isTo: isSample }));
}

/** As `stretches`, but any of them may be open. */
export function openStretches(most: number): z.ZodType<[number, number | null][]> {
  const isTo = (to: unknown): boolean => to === null || isSample(to);
  return z.custom<[number, number | null][]>((value) => isListOf(value, { most, isTo }));
}

function isListOf(
  value: unknown,
  { most, isTo }: { readonly most: number; readonly isTo: (to: unknown) => boolean },
): boolean {
  if (!Array.isArray(value) || value.length > most) return false;
  return value.every(
    (pair: unknown) =>
      Array.isArray(pair) && pair.length === 2 && isSample(pair[0]) && isTo(pair[1]),
  );
}

function isSample(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
