import { z } from 'zod';

/** After so many malformed members the rest of an array is ignored: checking one costs as much as a whole message. */
const MOST_MALFORMED = 100;

/** The first `most` members of an array, without its malformed ones; empty when it is no array. */
export function listOf<T>(member: z.ZodType<T>, most: number) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((members) => {
      const list: T[] = [];
      let malformed = 0;
      for (const value of members) {
        const parsed = member.safeParse(value);
        if (parsed.success) list.push(parsed.data);
        else malformed += 1;
        if (malformed > MOST_MALFORMED || list.length === most) break;
      }
      return list;
    });
}
