import type { Snapshot } from './snapshot.ts';

/** One bar of the live tape, in samples of 48 kHz: 200 ms. Bars are numbered from 0, which begins at sample 0. */
export const BAR_SAMPLES = 9_600;

/** Levels of one speaker since the last batch. */
export interface SpeakerLevels {
  /** The speaker's track, as in the snapshot: `tracks/01-name.opus`. */
  readonly track: string;
  /** Peak in dBFS over the time since the last batch; −100 when silent. */
  readonly peakDb: number;
  /** New bars of the live tape, oldest first, each [bar number, peak in dBFS]. */
  readonly bars: readonly (readonly [number, number])[];
}

/** At most 20 a second, only while recording. */
export interface LevelBatch {
  /** Length of the recording so far, in samples of 48 kHz. */
  readonly samples: number;
  readonly speakers: readonly SpeakerLevels[];
}

/** Main → renderer: what each event carries. */
export interface Events {
  readonly snapshot: Snapshot;
  readonly levels: LevelBatch;
}

export type EventName = keyof Events;

/** The events the preload passes on; nothing else reaches the page. */
export const EVENT_NAMES = { snapshot: true, levels: true } satisfies Record<EventName, true>;
