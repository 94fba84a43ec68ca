const COLOURS = 12;

/** How the edge of a person's lane is drawn: colours are used again from the 13th person on. */
export type EdgeStyle = 'solid' | 'dashed' | 'dotted';

export interface PersonColour {
  /** 1 to 12: the number in `--person-N`. */
  readonly number: number;
  readonly edge: EdgeStyle;
}

/** Colour of the person who appeared as number `index`, counted from 0. */
export function personColour(index: number): PersonColour {
  const round = Math.floor(index / COLOURS);
  const edge = round === 0 ? 'solid' : round === 1 ? 'dashed' : 'dotted';
  return { number: (index % COLOURS) + 1, edge };
}

/** A name that keeps its own direction within a sentence of another one: what `<bdi>` does, for plain text. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** First letters of the first two words, upper case; empty when the name has neither letter nor digit. */
export function initials(name: string): string {
  return name
    .split(/\s+/u)
    .map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '')
    .filter((letter) => letter !== '')
    .slice(0, 2)
    .join('')
    .toLocaleUpperCase();
}
