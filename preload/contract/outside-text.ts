import { redactTokens } from './bot-token.ts';

/** Control characters, those of ISO 6429 (U+0080 to U+009F) and Unicode's line separators among them. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Marks that turn the direction of the text behind them; they show nothing themselves. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text that stands for itself in a line, whatever its direction: first strong isolate (UAX #9). */
const ISOLATED = /^\u2068([^]*)\u2069$/;

/**
 * A name, path or message from Discord, the disk or the command line, to stand within a line that a person reads:
 * without tokens and direction marks, and with a blank for each line feed and control character. The isolate around a
 * whole text stays.
 */
export function outsideText(text: string): string {
  const isolated = ISOLATED.exec(text)?.[1];
  return isolated === undefined ? cleaned(text) : `\u2068${cleaned(isolated)}\u2069`;
}

function cleaned(text: string): string {
  return redactTokens(text.replace(DIRECTION_MARKS, '').replace(CONTROLS, ' '));
}

/** What fills the places of a sentence, each text as `outsideText` leaves it. */
export function outsideValues(
  values: Readonly<Record<string, string | number>>,
): Readonly<Record<string, string | number>> {
  const filled = Object.entries(values).map(
    ([place, value]) => [place, typeof value === 'string' ? outsideText(value) : value] as const,
  );
  return Object.fromEntries(filled);
}

/** JSON that is the same value when parsed, and shows `CONTROLS` and `DIRECTION_MARKS` as `\u0080` and the like. */
export function outsideJson(json: string): string {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(CONTROLS, escaped).replace(DIRECTION_MARKS, escaped);
}
