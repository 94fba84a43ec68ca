import type { Brand } from '../base/brand.ts';

/** Samples of 48 kHz since the recording began. The lowest is −312: players drop the 312 samples before sample 0. */
export type TimelinePosition = Brand<number, 'TimelinePosition'>;

/** An integer number of samples as a position. */
export function toTimelinePosition(samples: number): TimelinePosition {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the brand's only constructor
  return samples as TimelinePosition;
}

/** 2.5 ms, the shortest Opus frame: silence cannot end on a finer grid (RFC 6716 §2.1.4). */
export const GRID_SAMPLES = 120;

/** Where the decoded stream begins: 312 samples of pre-skip before sample 0 (RFC 7845 §4.2, the same in every track). */
export const FIRST_POSITION = toTimelinePosition(-312);

/** The place on the grid nearest to `samples`: position + 312 is a multiple of 120. Never before the stream begins. */
export function snapToGrid(samples: number): TimelinePosition {
  const steps = Math.max(0, Math.round((samples - FIRST_POSITION) / GRID_SAMPLES));
  return toTimelinePosition(FIRST_POSITION + steps * GRID_SAMPLES);
}
