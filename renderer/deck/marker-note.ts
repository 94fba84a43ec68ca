/** Longest note that the contract takes. */
export const NOTE_LENGTH = 200;

/** Typed or pasted text as one line that the contract takes: no control characters, no line ends. */
export function cleanNote(typed: string): string {
  return typed
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, NOTE_LENGTH)
    .replace(/[\ud800-\udbff]$/, ''); // a surrogate whose other half was cut off
}
