import { finishReplacing } from '../../base/replace-file.ts';
import { FORGET_FILE } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { carryOut } from './carry-out.ts';
import { hasIntent, readIntent, removeIntent } from './intent.ts';

/**
 * Ends what died while it took somebody out of the closed recording in `folder`; returns the manifest as it is then. The
 * caller holds the lock. Throws StorageError.
 */
export async function finishForgetting(
  folder: string,
  manifest: Manifest,
  settingsFolder: string | null,
): Promise<Manifest> {
  await finishReplacing(folder, new Set([FORGET_FILE]));
  if (!(await hasIntent(folder))) return manifest;
  const intent = await readIntent(folder);
  if (intent !== null)
    return (await carryOut(folder, { intent, manifest, settingsFolder })).manifest;
  await removeIntent(folder); // a link, or somebody else's
  return manifest;
}
