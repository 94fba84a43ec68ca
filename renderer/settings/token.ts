/** Shorter than any token Discord has given out. */
const LEAST_CHARACTERS = 50;

/** Whether this has the three parts of a token and their length; Discord alone knows whether it is valid. */
export function isWholeToken(token: string): boolean {
  return token.length >= LEAST_CHARACTERS && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
