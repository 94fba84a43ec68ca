import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { systemErrorCode } from '../../main/base/errors.ts';

/** Whether a disk in memory can be mounted: on Linux as root. Tests that need one are skipped elsewhere. */
export const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0;

/** A disk of that size in memory (tmpfs), unmounted when the test ends. */
export function smallDisk(bytes: number): { readonly folder: string; fill(): Promise<void> } {
  const folder = mkdtempSync(path.join(tmpdir(), 'tapedeck-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(bytes)}`, 'tapedeck', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  });
  return { folder, fill: () => fill(path.join(folder, 'filler')) };
}

/** Writes until the disk takes no further byte. */
async function fill(file: string): Promise<void> {
  await using handle = await open(file, 'a');
  for (let bytes = 64 * 1024; bytes >= 1;) {
    try {
      await handle.appendFile(new Uint8Array(bytes));
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOSPC') throw error;
      bytes = Math.floor(bytes / 2);
    }
  }
}
