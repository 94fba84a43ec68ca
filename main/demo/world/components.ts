import { z } from 'zod';

const LINK = 5;
const MOST_IN_ROW = 5;
const MOST_ROWS = 5;

/** Styles 1 to 4 are pressed and have a `custom_id`, 5 leads to a `url`. */
const button = z
  .object({
    type: z.literal(2),
    style: z.number().int().min(1).max(LINK),
    label: z.string().max(80).optional(),
    emoji: z.object({ name: z.string().nullish(), id: z.string().nullish() }).optional(),
    custom_id: z.string().min(1).max(100).optional(),
    url: z.url().max(512).optional(),
    disabled: z.boolean().optional(),
  })
  .refine(({ label = '', emoji }) => label !== '' || emoji !== undefined)
  .refine(({ style, custom_id: id, url }) =>
    style === LINK ? url !== undefined && id === undefined : id !== undefined && url === undefined,
  );

const row = z.object({
  type: z.literal(1),
  components: z.array(button).min(1).max(MOST_IN_ROW),
});

/** The `components` of a message: rows (type 1) of buttons (type 2); no `custom_id` twice. */
export const actionRows = z
  .array(row)
  .max(MOST_ROWS)
  .refine((rows) => {
    const ids = rows.flatMap(({ components }) => components.flatMap((one) => one.custom_id ?? []));
    return new Set(ids).size === ids.length;
  });
export type DemoActionRow = z.output<typeof row>;
type DemoButton = z.output<typeof button>;

/** Every button of a message that can be pressed, in the order in which people see them. */
export function pressable(
  rows: readonly DemoActionRow[],
): (DemoButton & { readonly custom_id: string })[] {
  return rows
    .flatMap(({ components }) => components)
    .flatMap((one) =>
      one.custom_id === undefined || one.disabled === true
        ? []
        : { ...one, custom_id: one.custom_id },
    );
}
