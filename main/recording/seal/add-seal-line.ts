import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { syncFile } from '../../base/replace-file.ts';
import { EVENTS_FILE, SEAL_FILE } from '../layout.ts';
import { openRegular } from '../open-regular.ts';
import { locateTracks } from '../track-files.ts';
import type { SealCheck } from './check-seal.ts';
import { PrefixHash } from './prefix-hash.ts';
import { openSealKey } from './seal-key.ts';
import {
  SEAL_VERSION,
  sealName,
  writeSealLine,
  type SealClaim,
  type SealLine,
} from './seal-line.ts';

/** What was done to a recording that is over. */
export interface SealAct {
  readonly act: 'recovered' | 'forgotten';
  /** The recording as it was found before: what was changed by then is not covered by the new line. */
  readonly before: SealCheck;
  /** Files that the act wrote or removed, as the manifest names tracks; the others stay sealed as they were. */
  readonly files: Iterable<string>;
  /** Length of the recording. */
  readonly samples: number;
  readonly atMs: number;
  /** Where `seal.key` is; null: the line is not signed. */
  readonly settingsFolder: string | null;
}

/**
 * Adds a line to the seal of a recording that is over, with the new length and hash of the files, and syncs it. Does
 * nothing where there is no seal, or a broken one: that stays as it is. Throws the system's error or
 * StorageError.
 */
export async function addSealLine(folder: string, done: SealAct): Promise<void> {
  const { act, before, files, samples, atMs, settingsFolder } = done;
  const { end, sealedUntil } = before;
  if (end === null || sealedUntil === null) return;
  const isFirst = end.n < 0;
  const isSigned = (isFirst || end.publicKey !== null) && settingsFolder !== null;
  // Without a key the line says what was done all the same, unsigned.
  const key = isSigned ? await openSealKey(settingsFolder).catch(() => null) : null;
  const publicKey = key?.publicKey ?? null;
  const line: SealLine = {
    n: end.n + 1,
    at: new Date(atMs).toISOString(),
    samples,
    ...(isFirst ? { seal: SEAL_VERSION } : {}),
    ...(isFirst || publicKey !== end.publicKey ? { publicKey } : {}),
    act,
    sealedUntil: Math.min(sealedUntil, samples),
    files: await claims(folder, [...files]),
    previous: end.hash,
  };
  await append(path.join(folder, SEAL_FILE), end.bytes, writeSealLine(line, key));
}

async function append(file: string, at: number, line: string): Promise<void> {
  await using handle = await openRegular(file, 'change');
  await handle.truncate(at);
  await handle.write(`${line}\n`, at);
  await syncFile(handle);
}

async function claims(
  folder: string,
  names: readonly string[],
): Promise<Record<string, SealClaim | null>> {
  const places = await locateTracks(folder, names);
  const claimed: Record<string, SealClaim | null> = {};
  for (const name of names) {
    const place =
      name === EVENTS_FILE ? path.join(folder, name) : places.get(name.normalize('NFC'));
    claimed[sealName(name)] = place === undefined ? null : await claimOf(place);
  }
  return claimed;
}

/** A whole file (absolute path), which is read; null when it is missing. Throws the system's error. */
export async function claimOf(file: string): Promise<SealClaim | null> {
  try {
    const { size: bytes } = await stat(file);
    const sha256 = await new PrefixHash(file).of(bytes);
    return sha256 === null ? null : { bytes, sha256 };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
