import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cleanToken, isOneWord } from '../../preload/contract/bot-token.ts';
import { UsageError } from './usage-error.ts';

export interface TokenSources {
  /** Absolute, or relative to `typedIn`; null without --token-file. */
  readonly tokenFile: string | null;
  readonly typedIn: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The bot token: from the file, else from DISCORD_TOKEN, as `cleanToken` leaves it. Throws UsageError: `no-token` when
 * there is none or the file cannot be read, `token-incomplete` for what cannot be one.
 */
export async function readToken({ tokenFile, typedIn, env }: TokenSources): Promise<string> {
  const text =
    tokenFile === null ? env['DISCORD_TOKEN'] : await readText(path.resolve(typedIn, tokenFile));
  const token = cleanToken(text ?? '');
  if (token === '') throw new UsageError('no-token');
  if (!isOneWord(token)) throw new UsageError('token-incomplete');
  return token;
}

async function readText(file: string): Promise<string> {
  try {
    return decode(await readFile(file));
  } catch {
    throw new UsageError('no-token', { path: file });
  }
}

/** UTF-16 by its byte order mark, as PowerShell's `>` writes it, or by the zeros between Latin letters; else UTF-8. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0))
    return new TextDecoder('utf-16le').decode(bytes);
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0))
    return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}
