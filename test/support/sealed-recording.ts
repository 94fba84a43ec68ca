import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';
import { Recording } from '../../main/recording/recording.ts';
import type { TrackWriter } from '../../main/recording/track/track-writer.ts';
import { StoppedClock } from './dave-crowd.ts';
import { ending, recordingOptions, speak, tonePackets } from './recording-files.ts';
import { SimulatedTime } from './simulated-time.ts';

const TONE = tonePackets(50);

/** Files of the recording below, relative to its folder. */
export const ADA = 'tracks/01-Ada.opus';
export const BEN = 'tracks/02-Ben.opus';
export const SEAL = 'seal.jsonl';
export const EVENTS = 'events.jsonl';

/** Length of the recording below in seconds, and as many lines between the first and the last of its seal. */
export const SECONDS = 6;

export interface SealedPlaces {
  readonly library: string;
  readonly settings: string | null;
}

/**
 * Records 6 s of simulated time: Ada talks in each second, Ben in the first three; in the third one the call is
 * encrypted.
 */
export async function recordSealed({
  library,
  settings,
}: SealedPlaces): Promise<{ recording: Recording; ben: TrackWriter }> {
  const stopped = new StoppedClock();
  const { clock, every, ...time } = timeOf(stopped);
  const options = recordingOptions(library, { clock, every, settingsFolder: settings });
  const recording = await Recording.create(options);
  const ada = recording.addTrack({ userId: '1', name: 'Ada' });
  const ben = recording.addTrack({ userId: '2', name: 'Ben' });
  for (let second = 0; second < SECONDS; second += 1) {
    speak(ada, second * 48_000 + 48, TONE.slice(0, 45));
    if (second < 3) speak(ben, second * 48_000 + 48, TONE.slice(0, 45));
    if (second === 2) {
      const e2ee = { version: 1, epoch: 7, privacyCode: '11111 22222', transitions: 1 };
      recording.tell({ event: 'e2ee', samples: 96_000, ...e2ee });
    }
    await time.passSecond();
  }
  return { recording, ben };
}

function timeOf(stopped: StoppedClock) {
  const time = new SimulatedTime(stopped);
  const passSecond = async (): Promise<void> => {
    for (let step = 0; step < 5; step += 1) {
      time.set(stopped.nowMs + 200);
      await time.work();
    }
  };
  return { clock: time.clock, every: time.every, passSecond };
}

/** The same, closed; the answer is its folder. */
export async function closeSealed(places: SealedPlaces): Promise<string> {
  const { recording } = await recordSealed(places);
  await recording.close(ending({ reason: 'user', samples: SECONDS * 48_000 }));
  return recording.folder;
}

/** Lines of a recording's seal. */
export async function sealLines(folder: string): Promise<string[]> {
  return (await readFile(path.join(folder, SEAL), 'utf8')).split('\n').slice(0, -1);
}

export async function writeSealLines(folder: string, lines: readonly string[]): Promise<void> {
  await writeFile(path.join(folder, SEAL), lines.map((line) => `${line}\n`).join(''));
}

const verdict = z.strictObject({
  sealedUntil: z.int(),
  signatures: z.enum(['checked', 'none', 'no openssl']),
  faults: z.array(z.string()),
});
export type Verdict = z.infer<typeof verdict>;

/** What `test/seal-checker.py` says of a folder; null where there is no Python. */
export async function checkByPython(folder: string): Promise<Verdict | null> {
  const checker = path.resolve(import.meta.dirname, '../seal-checker.py');
  const child = spawn('python3', [checker, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const missing = new Promise<null>((resolve) => child.once('error', () => resolve(null)));
  const answered = textOf(child.stdout).then((json) =>
    json === '' ? null : verdict.parse(JSON.parse(json)),
  );
  return Promise.race([missing, answered]);
}
