/** Stands before the bot's name while it records. */
const MARK = '[REC] ';

/** Discord's longest nickname. */
const MOST_CHARACTERS = 32;

/** The name with the mark before it, cut to 32 characters, no character cut in two. */
export function recNickname(name: string): string {
  let marked = MARK;
  for (const character of name) {
    if (marked.length + character.length > MOST_CHARACTERS) break;
    marked += character;
  }
  return marked.trimEnd();
}

/** Whether a nickname carries the mark. */
export function isRecNickname(nick: string): boolean {
  return nick.startsWith(MARK.trimEnd());
}

/**
 * What stood before the mark of a recording that never took it back, as far as it can be told; null for no nickname, so
 * that the bot's own name shows.
 */
export function nicknameBefore(nick: string, botName: string): string | null {
  const name = nick.slice(MARK.trimEnd().length).trim();
  return name === '' || botName.startsWith(name) ? null : name;
}
