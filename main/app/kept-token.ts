import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import type { KeptToken } from '../ipc/deck.ts';

const schema = z.object({ token: z.string().min(1), apiUrl: z.url() });

/** What the key store encrypts: the token with its address, so that neither is changed without the other. */
export function writeKeptToken({ token, apiUrl }: KeptToken): string {
  return JSON.stringify({ token, apiUrl });
}

/** Null for anything else than `writeKeptToken` writes. */
export function parseKeptToken(text: string): KeptToken | null {
  const result = schema.safeParse(parseJson(text));
  return result.success ? result.data : null;
}
