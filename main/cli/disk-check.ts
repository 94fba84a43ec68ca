import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isDiskFull, systemErrorCode } from '../base/errors.ts';
import { besideFile, createFile } from '../base/plain-file.ts';
import { syncFile } from '../base/replace-file.ts';
import type { CheckLine } from './doctor-lines.ts';
import { freeBytesOf, LEAST_FREE_BYTES, tooLittleSpace } from '../recording/free-space.ts';
import { problemText, text } from '../../preload/contract/messages/text.ts';

/** An hour of ten people at Discord's usual 64 kbit/s. */
const ENOUGH_BYTES = 300e6;

/** 8 MiB: at the 3 MB/s of a slow USB stick under 3 s. */
const PROBE_BYTES = 8 * 1024 * 1024;

/** Says whether the library can be written and has room for a recording. Writes and removes one file; makes no folder. Never throws. */
export async function checkDisk(libraryFolder: string): Promise<CheckLine> {
  const folder = nearestExisting(libraryFolder);
  try {
    const freeBytes = await freeBytesOf(folder);
    const tooLittle = tooLittleSpace(libraryFolder, { freeBytes, neededBytes: LEAST_FREE_BYTES });
    if (tooLittle !== null) {
      const message = problemText({ code: 'disk-full', details: tooLittle });
      return { name: 'disk', ok: false, message };
    }
    const known = { folder: libraryFolder, free: (freeBytes ?? 0) / 1e9 };
    if (freeBytes !== null && freeBytes < ENOUGH_BYTES)
      return { name: 'disk', ok: false, message: text('cli.doctor.disk.little', known) };
    const speed = (await writeSpeed(folder)) / 1e6;
    const sentence = freeBytes === null ? 'cli.doctor.disk.unknown' : 'cli.doctor.disk';
    return { name: 'disk', ok: true, message: text(sentence, { ...known, speed }) };
  } catch (error) {
    const code = systemErrorCode(error) ?? 'unknown';
    const details = { cannot: 'write', file: libraryFolder };
    const cure = problemText({ code: isDiskFull(error) ? 'disk-full' : 'disk-error', details });
    const message = text('cli.doctor.disk.failed', { code, cure });
    return { name: 'disk', ok: false, message };
  }
}

/** Bytes a second, synced to the disk. Throws the system's error. */
async function writeSpeed(folder: string): Promise<number> {
  const file = besideFile(path.join(folder, '.tapedeck-probe'), 'new');
  try {
    const startedAtMs = performance.now();
    const handle = await createFile(file);
    try {
      await handle.writeFile(new Uint8Array(PROBE_BYTES));
      await syncFile(handle);
    } finally {
      await handle.close();
    }
    return (PROBE_BYTES / (performance.now() - startedAtMs)) * 1000;
  } finally {
    await rm(file, { force: true });
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || folder === path.dirname(folder)
    ? folder
    : nearestExisting(path.dirname(folder));
}
