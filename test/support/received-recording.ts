import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Recording } from '../../main/recording/recording.ts';
import { ending, readJson, recordingOptions, speak, tonePackets } from './recording-files.ts';

/** The tracks of `closedRecording`; Zoë's name is in NFC. */
export const ZOE = 'tracks/01-Zo\u00eb.opus';
export const BEN = 'tracks/02-Ben.opus';

/** Zoë and Ben speak for a second. */
export async function closedRecording(library: string): Promise<string> {
  const recording = await Recording.create(recordingOptions(library));
  const tone = tonePackets(50);
  for (const [userId, name] of [
    ['1', 'Zo\u00eb'],
    ['2', 'Ben'],
  ] as const)
    speak(recording.addTrack({ userId, name }), 48, tone);
  await recording.close(ending({ reason: 'user', samples: 96_000 }));
  return recording.folder;
}

/** Makes a closed recording one that a crash has left. */
export async function makeDead(folder: string): Promise<void> {
  const manifest = await readJson(path.join(folder, 'recording.json'));
  const open = { state: 'recording', stoppedAt: null, reason: null, samples: 0 };
  await writeFile(path.join(folder, 'recording.json'), JSON.stringify({ ...manifest, ...open }));
  const log = path.join(folder, 'events.jsonl');
  const lines = (await readFile(log, 'utf8')).split('\n');
  await writeFile(log, lines.filter((line) => !line.includes('"event":"stopped"')).join('\n'));
}
