import type { events } from './event-schemas.ts';
import type { Told } from './snapshot.ts';
import type { z } from 'zod';

/** Length of one bar of the live tape, in samples of 48 kHz: 200 ms. Bar 0 begins at sample 0. */
export const BAR_SAMPLES = 9_600;

/** Bars of one track that main and the window keep: nearly seven minutes, more than the widest screen shows. */
export const KEPT_BARS = 2_048;

type EventSchemas = typeof events;
export type EventName = keyof EventSchemas;

/** Main → renderer: what each event carries. */
export type Events = { readonly [Name in EventName]: Told<z.output<EventSchemas[Name]>> };

export type LevelBatch = Events['levels'];
export type SpeakerLevels = LevelBatch['speakers'][number];
export type Loss = SpeakerLevels['losses'][number];

/** The events that the preload script passes to the page; no others reach it. */
export const EVENT_NAMES = {
  snapshot: true,
  library: true,
  levels: true,
} satisfies Record<EventName, true>;
