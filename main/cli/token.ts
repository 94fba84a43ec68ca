import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './usage-error.ts';

/** A token has about 72 characters; a longer text than this is some other file. */
const MOST_TOKEN_CHARACTERS = 400;

export interface TokenSources {
  /** Absolute, or relative to `typedIn`; null without --token-file. */
  readonly tokenFile: string | null;
  readonly typedIn: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The bot token: from the file, else from DISCORD_TOKEN, white space around it removed. Throws UsageError: `no-token`
 * when there is none or the file cannot be read, `token-incomplete` for what cannot be one.
 */
export async function readToken({ tokenFile, typedIn, env }: TokenSources): Promise<string> {
  const text =
    tokenFile === null ? env['DISCORD_TOKEN'] : await readText(path.resolve(typedIn, tokenFile));
  const token = (text ?? '').trim();
  if (token === '') throw new UsageError('no-token');
  const isOneWord = /^[\u0021-\u007e]+$/.test(token) && token.length <= MOST_TOKEN_CHARACTERS;
  if (!isOneWord) throw new UsageError('token-incomplete');
  return token;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError('no-token', { path: file });
  }
}
