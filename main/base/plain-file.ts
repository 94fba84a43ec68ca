import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, TapedeckError } from './errors.ts';

/** Read and written by this user alone. */
const OWN_FILE_MODE = 0o600;
const OWN_FOLDER_MODE = 0o700;

/** For files that are made to be handed on: the umask decides who reads them. */
export const SHARED_FILE_MODE = 0o666;

/** Absent on Windows, where both mean nothing. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
const ACCESS = { read: O_RDONLY, change: O_RDWR } as const;

/** `not-plain`: a link, a folder, a device or a pipe is where a plain file should be. */
export class NotPlainFile extends TapedeckError<'not-plain'> {
  constructor(file: string) {
    super('not-plain', `${path.basename(file)} is no plain file`);
  }
}

/**
 * Makes a file for writing. Whatever bears the name already, a link to nowhere too, is refused with `EEXIST`. Throws the
 * system's error.
 */
export function createFile(file: string, mode = OWN_FILE_MODE): Promise<FileHandle> {
  return open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

/** Opens a file that is there and is no link. Throws NotPlainFile or the system's error. */
export async function openPlainFile(
  file: string,
  access: keyof typeof ACCESS,
): Promise<FileHandle> {
  if ((await lstat(file)).isSymbolicLink()) throw new NotPlainFile(file); // where there is no O_NOFOLLOW
  return plainHandle(file, await open(file, ACCESS[access] | O_NOFOLLOW | O_NONBLOCK));
}

/**
 * Adds `text` at the end of a file, which is made where it is missing. Throws NotPlainFile for a link and for a file that
 * has another name elsewhere, else the system's error.
 */
export async function appendToFile(file: string, text: string): Promise<void> {
  if (await isLink(file)) throw new NotPlainFile(file); // where there is no O_NOFOLLOW
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  await using handle = await plainHandle(file, await open(file, flags, OWN_FILE_MODE));
  if ((await handle.stat()).nlink > 1) throw new NotPlainFile(file);
  await handle.writeFile(text);
}

/** Makes a folder that only this user can enter, and those above it that are missing. Throws the system's error. */
export async function makeOwnFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: OWN_FOLDER_MODE });
}

/** Whether a link bears the name; false when nothing does. Throws the system's error. */
export async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** A name beside `file` that nobody can guess: 16 hexadecimal digits and `ending` behind its own. */
export function besideFile(file: string, ending: 'new' | 'old'): string {
  return `${file}.${randomBytes(8).toString('hex')}.${ending}`;
}

/** Syncs the names in a folder to the disk. Throws the system's error. */
export async function syncNames(folder: string): Promise<void> {
  await using handle = await open(folder, O_RDONLY);
  await handle.sync();
}

async function plainHandle(file: string, handle: FileHandle): Promise<FileHandle> {
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new NotPlainFile(file);
}
