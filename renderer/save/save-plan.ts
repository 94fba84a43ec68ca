import type { RecordingSnapshot } from '../../preload/contract/library.ts';

const BYTES_PER_SAMPLE = { '16': 2, '24': 3, '32f': 4 } as const;
const CHANNELS = { stereo: 2, mono: 1 } as const;

export type BitDepth = keyof typeof BYTES_PER_SAMPLE;
export type Channels = keyof typeof CHANNELS;

/** What the person chose in the dialog. */
export interface SaveChoices {
  /** Files of the tracks to save. */
  readonly tracks: ReadonlySet<string>;
  readonly mixdown: boolean;
  readonly channels: Channels;
  readonly bitDepth: BitDepth;
}

/** What will be made: every file of one export has the same number of samples. */
export interface SavePlan {
  readonly names: readonly string[];
  readonly bytes: number;
}

export function planOf(recording: RecordingSnapshot, choices: SaveChoices): SavePlan {
  const names = recording.tracks
    .filter(({ file }) => choices.tracks.has(file))
    .map(({ file }) => file.replace(/^tracks\//, '').replace(/\.opus$/, '.wav'));
  const all = choices.mixdown && names.length > 0 ? [...names, 'mixdown.wav'] : names;
  const sample = BYTES_PER_SAMPLE[choices.bitDepth] * CHANNELS[choices.channels];
  return { names: all, bytes: all.length * recording.samples * sample };
}
