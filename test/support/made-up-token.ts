/** In the form of a bot token, of a bot that is not: base64 of an id, then 6 and 38 characters. */
export function madeUpToken(): string {
  const id = Buffer.from('123456789012345678').toString('base64url');
  return `${id}.GmAdEu.${'pNotAKey_x'.repeat(4).slice(0, 38)}`;
}
