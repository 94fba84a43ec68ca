import { openRecording, type RecordingInfo } from '../recording/library.ts';
import type { CommandOf } from './command.ts';
import { type Context, typedPath } from './context.ts';
import { EXIT_DONE } from './exit-code.ts';
import { runExport } from './run-export.ts';
import { readTyped } from './typed-recording.ts';
import type { TypedTime } from './typed-value.ts';
import { UsageError } from './usage-error.ts';

/** `export RECORDING`. Throws UsageError, StorageError, ExportError; needs no account. */
export async function exportOne(command: CommandOf<'export'>, context: Context): Promise<number> {
  const folder = typedPath(context, command.recording);
  const recording = await readTyped(folder, (typed) =>
    openRecording(typed, context.folders.settings),
  );
  const { samples } = recording.manifest;
  const { userIds, mixdown, from, to, out } = command;
  const wish = {
    recording,
    mixdown,
    tracks: userIds.length === 0 ? null : userIds.flatMap((userId) => tracksOf(userId, recording)),
    from: from === null ? 0 : placeIn(samples, from),
    to: to === null ? samples : placeIn(samples, to),
    out: out === null ? null : typedPath(context, out),
  };
  if (from !== null && wish.from === samples) throw timeOutside(from);
  await runExport(wish, context, context.interrupts.first);
  return EXIT_DONE;
}

/** Files of one person's tracks: two where the person was first an unknown speaker. */
function tracksOf(userId: string, { manifest }: RecordingInfo): string[] {
  const tracks = manifest.tracks.filter((track) => track.userId === userId);
  if (tracks.length === 0) throw new UsageError('unknown-track', { track: userId });
  return tracks.map(({ file }) => file);
}

function placeIn(samples: number, time: TypedTime): number {
  if (time.samples > samples) throw timeOutside(time);
  return time.samples;
}

function timeOutside({ text }: TypedTime): UsageError {
  return new UsageError('time-outside', { time: text });
}
