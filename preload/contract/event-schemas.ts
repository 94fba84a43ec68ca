import { z } from 'zod';
import { library } from './library.ts';
import { snapshot } from './snapshot.ts';

const samples = z.int().nonnegative();
/** dBFS; −100 when silent. */
const peakDb = z.number().min(-100).max(0);

/** What was lost of one speaker within one bar of the tape, in packets; each kind as far as it was seen there. */
const loss = z.strictObject({
  bar: z.int().nonnegative(),
  /** Did not arrive. */
  missing: z.int().nonnegative(),
  /** Came when their place was taken. */
  late: z.int().nonnegative(),
  /** Came and could not be decrypted for good. */
  undecryptable: z.int().nonnegative(),
});

/** Levels and losses of one speaker since the last batch. */
const speakerLevels = z.strictObject({
  /** The speaker's track, as in the snapshot: `tracks/01-name.opus`. */
  track: z.string(),
  /** Peak over the time since the last batch. */
  peakDb,
  /** New bars of the live tape, oldest first, each [bar number, peak]. */
  bars: z.array(z.tuple([z.int().nonnegative(), peakDb])),
  /** Bars in which more was lost, oldest first, each with all that it has lost. */
  losses: z.array(loss),
});

/**
 * At most 20 a second, only while recording and to a window that shows. The answer to `window.ready` is one batch with
 * all bars and losses that are kept.
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
