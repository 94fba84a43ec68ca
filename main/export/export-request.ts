import type { RecordingInfo } from '../recording/library.ts';
import type { BitDepth, ChannelLayout } from './sample-format.ts';

/** What to make of a recording. Every file that comes of it has `toSamples` − `fromSamples` samples. */
export interface ExportRequest {
  readonly recording: RecordingInfo;
  readonly format: 'wav';
  readonly bitDepth: BitDepth;
  readonly channels: ChannelLayout;
  /** Tracks by `file` as in the manifest; null: all. */
  readonly tracks: readonly string[] | null;
  /** One more file with all chosen tracks in it. */
  readonly mixdown: boolean;
  /** First sample of the recording's time line to export, at 48 kHz. */
  readonly fromSamples: number;
  /** One past the last sample. Of a live recording: where it stands; what a track lacks is silence. */
  readonly toSamples: number;
  /** Made when it is missing. Absolute. */
  readonly folder: string;
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** How far an export is; told at most ten times a second, and once more at the end. */
export interface ExportProgress {
  readonly fileCount: number;
  readonly filesDone: number;
  /** 0 to 1, of the work and not of the files. */
  readonly fraction: number;
  /** Name, without folder, of a file being written; null between files. */
  readonly currentFile: string | null;
}

/** One finished file. */
export interface ExportedFile {
  /** Absolute. */
  readonly path: string;
  /** Null for the mixdown and for a track nobody was named for. */
  readonly userId: string | null;
  readonly bytes: number;
  /** A channel, at 48 kHz. */
  readonly samples: number;
  /** Of the whole file, lower-case hexadecimal. */
  readonly sha256: string;
}
