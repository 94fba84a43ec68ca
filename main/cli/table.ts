import { outsideText } from '../../preload/contract/outside-text.ts';

/** Columns of a table for a terminal: left-aligned words, right-aligned numbers. */
export type Column = 'left' | 'right';

/**
 * Rows as lines of equal columns, two spaces apart, each cell as `outsideText` leaves it. Every row has as many cells
 * as there are columns.
 */
export function formatTable(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
): string {
  const rows = cells.map((row) => row.map(outsideText));
  const widths = columns.map((_column, index) => Math.max(...rows.map((row) => width(row[index]))));
  return rows
    .map((row) =>
      columns
        .map((column, index) => pad(row[index] ?? '', { column, to: widths[index] ?? 0 }))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(text: string, { column, to }: { column: Column; to: number }): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return column === 'left' ? text + space : space + text;
}

/** Columns of a terminal that a text fills: two for an East Asian wide character or emoji, one for any other, none for a combining mark. */
function width(text = ''): number {
  let places = 0;
  for (const { segment } of new Intl.Segmenter().segment(text))
    places += WIDE.test(segment) ? 2 : 1;
  return places;
}

/** U+FE0F makes an emoji of a character that is narrow without it. */
const WIDE =
  /\ufe0f|\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60]/u;
