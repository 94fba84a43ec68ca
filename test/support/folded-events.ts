import { expect } from 'vitest';
import { foldEvents, readManifest } from '../../main/recording/rebuild-manifest.ts';

/** Fails unless the events of a closed recording, folded anew, give the manifest in its folder to the last value. */
export async function expectEventsToTell(folder: string): Promise<void> {
  const fold = await foldEvents(folder);
  expect(fold.isWhole).toBe(true);
  expect(fold.manifest()).toEqual(await readManifest(folder));
}
