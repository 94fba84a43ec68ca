import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { TapedeckError } from '../../base/errors.ts';
import { LOCK_FILE } from '../layout.ts';
import { openRecording } from '../library.ts';
import { readManifest } from '../rebuild-manifest.ts';
import { takeOver } from '../recording-lock.ts';
import { orStorageError } from '../storage-error.ts';
import { carryOut, type Forgotten } from './carry-out.ts';
import { readIntent, writeIntent } from './intent.ts';
import { findPerson, type Leaving } from './leaving.ts';

/** `still-recording`: a process writes into the folder; `unknown-person`: the recording does not know the id. */
type ForgetErrorReason = 'still-recording' | 'unknown-person';

/** Nobody was taken out, and nothing is changed. */
export class ForgetError extends TapedeckError<ForgetErrorReason> {
  readonly userId: string;

  constructor(
    reason: ForgetErrorReason,
    { folder, userId }: Readonly<Record<'folder' | 'userId', string>>,
  ) {
    super(reason, `${reason}: ${userId} in ${folder}`);
    this.userId = userId;
  }
}

/**
 * Takes a person out of the recording in `folder`: tracks, peaks, what was exported, words, events, name and entry in the
 * ledger. A dead recording is recovered first. `confirm` is asked when all is known and nothing done; where it says no the
 * answer is null. What a killed run began is done to its end, unasked. Throws ForgetError and StorageError.
 */
export async function forgetPerson(
  folder: string,
  { userId, settingsFolder }: { readonly userId: string; readonly settingsFolder: string | null },
  confirm: (person: Leaving) => Promise<boolean>,
): Promise<Forgotten | null> {
  const absolute = path.resolve(folder);
  const begun = await readIntent(absolute);
  const { manifest, live } = await openRecording(absolute, settingsFolder);
  if (live) throw new ForgetError('still-recording', { folder, userId });
  const leaving = await findPerson(absolute, { manifest, userId });
  if (leaving === null) {
    if (begun?.userId === userId) return { manifest, files: [], unsure: [] };
    throw new ForgetError('unknown-person', { folder, userId });
  }
  if (!(await confirm(leaving))) return null;
  const lock = await orStorageError({ cannot: 'write', file: path.join(absolute, LOCK_FILE) }, () =>
    takeOver(absolute, systemClock.wallMs()),
  );
  if (lock === null) throw new ForgetError('still-recording', { folder, userId });
  try {
    const intent = { at: new Date(systemClock.wallMs()).toISOString(), ...leaving };
    await writeIntent(absolute, intent);
    const present = (await readManifest(absolute)) ?? manifest;
    return await carryOut(absolute, { intent, manifest: present, settingsFolder });
  } finally {
    await lock.close();
  }
}
