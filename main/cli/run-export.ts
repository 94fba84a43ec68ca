import path from 'node:path';
import { exportRecording } from '../export/export.ts';
import { EXPORTS_FOLDER } from '../recording/layout.ts';
import type { RecordingInfo } from '../recording/library.ts';
import { text } from '../../preload/contract/messages/text.ts';
import { outsideText } from '../../preload/contract/outside-text.ts';
import type { Context } from './context.ts';

/** What to export, with everything resolved but the defaults. */
export interface ExportWish {
  readonly recording: RecordingInfo;
  readonly mixdown: boolean;
  /** Files of the manifest; null: all. */
  readonly tracks: readonly string[] | null;
  /** First sample. */
  readonly from: number;
  /** One past the last sample. */
  readonly to: number;
  /** Absolute; null: `exports` in the recording's folder. */
  readonly out: string | null;
}

/** Writes the WAV files and says which: the `exported` event. Throws ExportError; nothing half-written stays then. */
export async function runExport(
  { recording, mixdown, tracks, from, to, out }: ExportWish,
  { output }: Pick<Context, 'output'>,
  signal: AbortSignal,
): Promise<void> {
  const files = await exportRecording(
    {
      recording,
      format: 'wav',
      bitDepth: '16',
      channels: 'stereo',
      tracks,
      mixdown,
      fromSamples: from,
      toSamples: to,
      folder: out ?? path.join(recording.folder, EXPORTS_FOLDER),
      onProgress: ({ fraction }) => {
        output.status(text('cli.export.progress', { percent: Math.floor(fraction * 100) }));
      },
    },
    signal,
  ).finally(() => output.status(''));
  output.event({ event: 'exported', files });
  const head = text(files.length === 0 ? 'cli.export.none' : 'cli.export.done');
  output.say([head, ...files.map((file) => `  ${outsideText(file.path)}`)].join('\n'));
}
