/** A shorter text is no token of Discord. */
const LEAST_CHARACTERS = 50;

/** Whether the text has a token's three parts and length; whether it is valid, only Discord knows. */
export function isWholeToken(token: string): boolean {
  return token.length >= LEAST_CHARACTERS && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
