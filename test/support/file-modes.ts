import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Mode of every file and folder below `folder`, octal, by name; what goes away meanwhile is left out. */
export async function modesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const modes = new Map<string, string>();
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(path.join(folder, name)).catch(() => null);
    if (found !== null) modes.set(name, (found.mode & 0o777).toString(8));
  }
  return modes;
}
