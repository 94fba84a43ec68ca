import { redactTokens } from '../../preload/contract/bot-token.ts';
import { outsideJson } from '../../preload/contract/outside-text.ts';

/** Far above any message or file of ours, far below where recursion (JSON.stringify, comparing) overflows the stack. */
const MOST_DEPTH = 64;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_ARRAY, OPEN_OBJECT, CLOSE_ARRAY, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Parses JSON from outside. Undefined when `text` is no JSON, or nests arrays and objects deeper than 64. */
export function parseJson(text: string): unknown {
  if (!isShallow(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a stranger's text need not be JSON
  }
}

/**
 * A value as one line of JSON for a terminal or a log: no string has what looks like a bot token, and no character
 * clears, breaks or turns the line.
 */
export function writeJsonLine(value: object): string {
  // Before the text is made: `\n` in front of a token would be taken for a letter of it.
  const redacted = (_key: string, member: unknown): unknown =>
    typeof member === 'string' ? redactTokens(member) : member;
  return outsideJson(JSON.stringify(value, redacted));
}

/** Checked before parsing: a million nested brackets take a second to parse and overflow the stack of recursive code. */
function isShallow(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > MOST_DEPTH) return false;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      depth -= 1;
    }
  }
  return true;
}

/** Where the string ends that begins at `start`: at the next quote with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 0) return at;
  }
  return text.length;
}
