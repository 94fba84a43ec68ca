import path from 'node:path';
import { exportRecording, type RecordingInfo } from '../engine/library.ts';
import type { Context } from './context.ts';

/** What to export, with everything resolved but the defaults. */
export interface ExportWish {
  readonly recording: RecordingInfo;
  readonly mixdown: boolean;
  /** Files of the manifest; null: all. */
  readonly tracks: readonly string[] | null;
  /** In samples; null: from the start. */
  readonly from: number | null;
  /** In samples; null: to the end, or to where a live recording stands. */
  readonly to: number | null;
  /** Absolute; null: `exports` in the recording's folder. */
  readonly out: string | null;
}

/** Writes the WAV files and says which: the `exported` event. Throws ExportError; nothing half-written stays then. */
export async function runExport(
  { recording, mixdown, tracks, from, to, out }: ExportWish,
  { output }: Pick<Context, 'output'>,
  signal: AbortSignal,
): Promise<void> {
  const { manifest, folder } = recording;
  const files = await exportRecording(
    {
      recording,
      format: 'wav',
      bitDepth: '16',
      channels: 'stereo',
      tracks,
      mixdown,
      fromSamples: from ?? 0,
      toSamples: to ?? manifest.samples,
      folder: out ?? path.join(folder, 'exports'),
      onProgress: ({ fraction }) => {
        output.status(`Exporting: ${String(Math.floor(fraction * 100))} %`);
      },
    },
    signal,
  ).finally(() => output.status(''));
  output.event({ event: 'exported', files });
  const lines = files.map((file) => `  ${file.path}`);
  output.say(
    [files.length === 0 ? 'Nothing to export: nobody spoke.' : 'Exported:', ...lines].join('\n'),
  );
}
