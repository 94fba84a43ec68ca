/** Longest note that the border takes. */
export const NOTE_LENGTH = 200;

/** What was typed or pasted as one line that the border takes: no control characters, no ends of lines. */
export function cleanNote(typed: string): string {
  return typed
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, NOTE_LENGTH)
    .replace(/[\ud800-\udbff]$/, ''); // the cut may have left half a character
}
