import { openRecording, type RecordingInfo } from '../engine/library.ts';
import type { ExportCommand, TypedTime } from './command.ts';
import { type Context, typedPath } from './context.ts';
import { EXIT_DONE } from './exit-code.ts';
import { runExport } from './run-export.ts';
import { UsageError } from './usage-error.ts';

/** `export RECORDING`. Throws UsageError, StorageError, ExportError; needs no account. */
export async function exportOne(command: ExportCommand, context: Context): Promise<number> {
  const recording = await openRecording(typedPath(context, command.recording));
  const { userIds, mixdown, from, to, out } = command;
  const wish = {
    recording,
    mixdown,
    tracks: userIds === null ? null : userIds.flatMap((userId) => tracksOf(userId, recording)),
    from: placeIn(recording, from),
    to: placeIn(recording, to),
    out: out === null ? null : typedPath(context, out),
  };
  if (wish.from !== null && wish.from === recording.manifest.samples) throw timeOutside(from);
  await runExport(wish, context, context.interrupts.first);
  return EXIT_DONE;
}

/** Tracks of one person; an unknown speaker who was named later has two. */
function tracksOf(userId: string, { manifest }: RecordingInfo): string[] {
  const tracks = manifest.tracks.filter((track) => track.userId === userId);
  if (tracks.length === 0) throw new UsageError('unknown-track', { track: userId });
  return tracks.map(({ file }) => file);
}

function placeIn({ manifest }: RecordingInfo, time: TypedTime | null): number | null {
  if (time === null) return null;
  if (time.samples > manifest.samples) throw timeOutside(time);
  return time.samples;
}

function timeOutside(time: TypedTime | null): UsageError {
  return new UsageError('time-outside', { time: time?.text ?? '' });
}
