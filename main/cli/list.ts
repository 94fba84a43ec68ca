import { text } from '../../preload/contract/messages/text.ts';
import { formatClock } from '../base/format-time.ts';
import { listRecordings, type RecordingInfo } from '../recording/library.ts';
import type { CommandOf } from './command.ts';
import { type Context, libraryFolder } from './context.ts';
import { EXIT_DONE } from './exit-code.ts';
import { formatTable } from './table.ts';

/** `list`: the recordings of the library, newest first. */
export async function listLibrary(command: CommandOf<'list'>, context: Context): Promise<number> {
  const { output } = context;
  const library = libraryFolder(context, command.out);
  const recordings = await listRecordings(library, undefined, context.folders.settings);
  for (const recording of recordings) output.event({ event: 'recording', ...fieldsOf(recording) });
  const rows = recordings.map((recording) => {
    const { startedAt, samples, state, tracks, path } = fieldsOf(recording);
    const length = formatClock(samples);
    return [startedAt, length, state, text('cli.list.tracks', { count: tracks }), path];
  });
  output.say(
    rows.length === 0
      ? text('cli.list.none', { folder: library })
      : formatTable(['left', 'right', 'left', 'right', 'left'], rows),
  );
  return EXIT_DONE;
}

function fieldsOf(recording: RecordingInfo) {
  const { state, startedAt, samples, tracks } = recording.manifest;
  return { path: recording.folder, state, startedAt, samples, tracks: tracks.length };
}
