import { expect } from 'vitest';
import { foldEvents, readManifest } from '../../main/recording/rebuild-manifest.ts';

/** Asserts that the events of a closed recording fold to the manifest in its folder. */
export async function expectEventsToTell(folder: string): Promise<void> {
  const fold = await foldEvents(folder);
  expect(fold.isWhole).toBe(true);
  expect(fold.manifest()).toEqual(await readManifest(folder));
}
