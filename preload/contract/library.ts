import { z } from 'zod';
import type { Told } from './snapshot.ts';

const samples = z.int().nonnegative();
const count = z.int().nonnegative();

const track = z.strictObject({
  /** `tracks/01-name.opus`, also the key of this track in `export.start`. */
  file: z.string(),
  userId: z.string().nullable(),
  name: z.string(),
  /** Where this person spoke: pairs of samples [from, to), for the talk map; empty when not known. */
  talk: z.array(z.tuple([samples, samples])),
});

const recording = z.strictObject({
  /** Opaque: only handed back in commands. */
  id: z.string(),
  guildName: z.string(),
  channelName: z.string(),
  /** Milliseconds since 1970. */
  startedAtMs: z.number(),
  samples,
  state: z.enum(['recording', 'complete', 'recovered']),
  sizeBytes: count,
  /** Lost, late and undecryptable packets of all tracks together. */
  lostPackets: count,
  tracks: z.array(track),
});

/**
 * Changes of the library since the last such event. The first one, and the one after `window.ready`, has the whole
 * library.
 */
export const library = z.strictObject({
  /** Every recording's id, newest recording first. */
  order: z.array(z.string()),
  /** The recordings that are new or not as they were, each whole. */
  rows: z.array(recording),
});

export type LibraryChange = Told<z.output<typeof library>>;
export type RecordingSnapshot = Told<z.output<typeof recording>>;
export type TrackSnapshot = Told<z.output<typeof track>>;
