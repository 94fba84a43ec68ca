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

/** What a Discord bot token looks like: three base64url parts, the first the bot's id. */
const TOKEN = /[\w-]{20,}\.[\w-]{5,8}\.[\w-]{25,}/g;

/** The text without whatever looks like a bot token. */
export function redactTokens(text: string): string {
  return text.replace(TOKEN, '[token]');
}

/**
 * A bot token in a text without blanks and accents. The first part is base64 of an id, and so of digits: that narrows
 * its first four characters, and a file's name with two dots seldom begins with those.
 */
const TOKEN_IN_WORDS =
  /[MNO][DTjz][AEIMQUYcgk][w-z0-5][\p{L}\p{N}\p{Sk}_-]{16,}\.[\p{L}\p{N}\p{Sk}_-]{5,8}\.[\p{L}\p{N}\p{Sk}_-]{25,}/u;

/** Whether a bot token stands in `text`, also one with blanks, accents or unseen characters in it. */
export function holdsToken(text: string): boolean {
  const bare = text
    .normalize('NFD')
    .replace(UNSEEN, '')
    .replace(/[\s\p{M}\p{Cc}]/gu, '');
  return TOKEN_IN_WORDS.test(bare);
}
