import { readFile, stat } from 'node:fs/promises';
import { cleanToken, isOneWord } from '../../preload/contract/bot-token.ts';
import { UsageError } from './usage-error.ts';

export interface TokenSources {
  /** Absolute; null without --token-file. */
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The bot token: from the file, else from DISCORD_TOKEN, as `cleanToken` leaves it. Throws UsageError: `no-token` when
 * there is none or the file cannot be read, `token-incomplete` for what cannot be one.
 */
export async function readToken({ file, env }: TokenSources): Promise<string> {
  const text = file === null ? env['DISCORD_TOKEN'] : await readText(file);
  const token = cleanToken(text ?? '');
  if (token === '') throw new UsageError('no-token');
  if (!isOneWord(token)) throw new UsageError('token-incomplete');
  return token;
}

/** Bits of a mode by which the group and everybody else read a file. */
const READ_BY_OTHERS = 0o044;

/** Whether other users of this computer can read a plain file by its mode; always false on Windows, which has none. */
export async function isReadByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  try {
    const found = await stat(file);
    return found.isFile() && (found.mode & READ_BY_OTHERS) !== 0;
  } catch {
    return false; // whoever reads it says why it cannot be read
  }
}

/** A path as it is typed in a POSIX shell. */
export function shellWord(file: string): string {
  return /^[\w./@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
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
