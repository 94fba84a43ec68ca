import { z } from 'zod';

/**
 * An array of at most `most` elements. Unlike `z.array`, parsing stops at the first invalid element: a message with a
 * million of them would block the thread for seconds and fill the memory with issues.
 */
export function strictList<Element extends z.ZodType>(element: Element, most: number) {
  return z
    .array(z.unknown())
    .max(most)
    .transform((values, context): z.output<Element>[] => {
      const list: z.output<Element>[] = [];
      for (const [index, value] of values.entries()) {
        const parsed = element.safeParse(value);
        if (parsed.success) {
          list.push(parsed.data);
          continue;
        }
        const [issue] = parsed.error.issues;
        const path = [index, ...(issue?.path ?? [])];
        context.addIssue({ code: 'custom', path, message: issue?.message ?? 'Invalid element' });
        return z.NEVER;
      }
      return list;
    });
}
