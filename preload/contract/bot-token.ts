/** A token has about 72 characters; a longer text than this is some other file. */
const MOST_TOKEN_CHARACTERS = 400;

/** Pairs of quotes that editors and shells put around a value; those of words in print among them. */
const QUOTES = /^(["'`\u2018\u201c\u00ab])([^]*)(["'`\u2019\u201d\u00bb])$/;

/** Characters that show nothing and come along when a token is copied or saved: byte order mark, zero-width spaces. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/**
 * A bot token as somebody typed, pasted or saved it, without what does not belong to it: blanks, quotes, characters that
 * show nothing, and `Bot ` before it, as in Discord's own examples. Empty when nothing is left.
 */
export function cleanToken(typed: string): string {
  let token = typed
    .slice(0, 2 * MOST_TOKEN_CHARACTERS)
    .replace(UNSEEN, '')
    .trim();
  for (let before = ''; before !== token;) {
    before = token;
    token = token
      .replace(QUOTES, '$2')
      .replace(/^Bot\s+/i, '')
      .trim();
  }
  return token;
}

/** Whether a clean token can be one at all: one word of ASCII; Discord alone knows whether it is valid. */
export function isOneWord(token: string): boolean {
  return /^[\u0021-\u007e]+$/.test(token) && token.length <= MOST_TOKEN_CHARACTERS;
}
