import { z } from 'zod';
import { library } from './library.ts';
import { snapshot } from './snapshot.ts';

const samples = z.int().nonnegative();
/** dBFS; −100 when silent. */
const peakDb = z.number().min(-100).max(0);

/** Levels of one speaker since the last batch. */
const speakerLevels = z.strictObject({
  /** The speaker's track, as in the snapshot: `tracks/01-name.opus`. */
  track: z.string(),
  /** Peak over the time since the last batch. */
  peakDb,
  /** New bars of the live tape, oldest first, each [bar number, peak]. */
  bars: z.array(z.tuple([z.int().nonnegative(), peakDb])),
});

/**
 * At most 20 a second, only while recording and to a window that shows. The answer to `window.ready` is one batch with
 * all bars that are kept.
 */
const levelBatch = z.strictObject({
  /** Length of the recording so far. */
  samples,
  speakers: z.array(speakerLevels),
});

/**
 * Main → renderer: what each event carries. Main is held to the types that follow from these schemas; the test double
 * and the tests of main parse what is sent as well.
 */
export const events = { snapshot, library, levels: levelBatch } as const;
