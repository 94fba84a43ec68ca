import { z } from 'zod';
import { library } from './library.ts';
import { snapshot } from './snapshot.ts';

const samples = z.int().nonnegative();
/** dBFS; −100 when silent. */
const peakDb = z.number().min(-100).max(0);

/**
 * What was lost of one speaker within one bar of the tape, in packets of each kind, at the bar in which the loss was
 * first counted.
 */
const loss = z.strictObject({
  bar: z.int().nonnegative(),
  /** Did not arrive. */
  lost: z.int().nonnegative(),
  /** Came when their place was taken. */
  late: z.int().nonnegative(),
  /** Came and could not be decrypted for good. */
  undecryptable: z.int().nonnegative(),
});

/** Levels of one speaker since the last batch, and the bars with new losses, each with all its losses. */
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
 * At most 20 batches a second, only while recording and while the window is visible. The answer to `window.ready` is
 * one batch with all bars and losses that main keeps.
 */
const levelBatch = z.strictObject({
  /** Length of the recording so far. */
  samples,
  speakers: z.array(speakerLevels),
});

/**
 * Main → renderer: what each event carries. The types of events follow from these schemas; the fake bridge and tests of
 * main also parse what is sent.
 */
export const events = { snapshot, library, levels: levelBatch } as const;
