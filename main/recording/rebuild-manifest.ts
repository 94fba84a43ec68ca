import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../base/errors.ts';
import { readEvents, type LoggedEvent } from './event-log.ts';
import { MANIFEST_FILE } from './layout.ts';
import {
  MOST_MANIFEST_BYTES,
  NO_COUNTS,
  parseManifest,
  toManifest,
  type Manifest,
} from './manifest.ts';
import { readRegular } from './open-regular.ts';

/** `recording.json` of a folder; null when it is missing, unreadable or not of schema 1. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readRegular(path.join(folder, MANIFEST_FILE), MOST_MANIFEST_BYTES);
  return text === null ? null : parseManifest(text);
}

const firstSchema = z.looseObject({
  app: z.string(),
  startedAt: z.iso.datetime({ precision: 3 }),
  guild: z.looseObject({ id: z.string(), name: z.string() }),
  channel: z.looseObject({ id: z.string(), name: z.string(), kind: z.enum(['voice', 'stage']) }),
  transport: z.string(),
  consent: z.record(z.string(), z.unknown()),
});
const startedSchema = z.looseObject({ startedAt: z.iso.datetime({ precision: 3 }) });
const trackSchema = z.looseObject({
  file: z.string(),
  userId: z.string().nullable(),
  name: z.string(),
});
const gapSchema = z.looseObject({
  reason: z.string(),
  fromSamples: z.int().nonnegative(),
  toSamples: z.int().nonnegative(),
});
const markerSchema = z.looseObject({ samples: z.int().nonnegative(), note: z.string() });
const stretchEndSchema = z.looseObject({ samples: z.int().nonnegative() });
const e2eeSchema = z.looseObject({
  version: z.int().nonnegative(),
  transitions: z.int().nonnegative(),
});
const personSchema = z.looseObject({
  userId: z.string(),
  name: z.string(),
  bot: z.boolean().default(false),
  excluded: z.boolean().default(false),
});

/**
 * The manifest as the events tell it: the one of the last event where the recording was closed, else one that is still
 * recording, with the tracks, people and gaps that were named. What even the events lack is taken from the folder.
 */
export async function rebuildManifest(folder: string): Promise<Manifest> {
  let manifest = await emptyManifest(folder);
  try {
    for await (const event of readEvents(folder)) manifest = withEvent(manifest, event);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error; // a missing or unreadable file tells nothing
  }
  return toManifest(manifest) ?? (await emptyManifest(folder));
}

function withEvent(manifest: Manifest, event: LoggedEvent): Manifest {
  switch (event.event) {
    case 'recording': {
      const facts = firstSchema.safeParse(event);
      if (!facts.success) return manifest;
      const { app, startedAt, guild, channel, transport, consent } = facts.data;
      return { ...manifest, app, startedAt, guild, channel, transport, consent };
    }
    case 'started': {
      const started = startedSchema.safeParse(event);
      return started.success ? { ...manifest, startedAt: started.data.startedAt } : manifest;
    }
    case 'track': {
      const track = trackSchema.safeParse(event);
      return track.success ? withTrack(manifest, track.data) : manifest;
    }
    case 'gap': {
      const gap = gapSchema.safeParse(event);
      if (!gap.success) return manifest;
      const { reason, fromSamples, toSamples } = gap.data;
      return { ...manifest, gaps: [...manifest.gaps, { reason, fromSamples, toSamples }] };
    }
    case 'marker': {
      const marker = markerSchema.safeParse(event);
      if (!marker.success) return manifest;
      const { samples, note } = marker.data;
      const others = manifest.markers.filter((other) => other.samples !== samples);
      return { ...manifest, markers: [...others, { samples, note }] }; // a note may be changed
    }
    case 'pause':
    case 'resume': {
      const end = stretchEndSchema.safeParse(event);
      return end.success ? withPause(manifest, event.event, end.data.samples) : manifest;
    }
    case 'e2ee': {
      const e2ee = e2eeSchema.safeParse(event);
      if (!e2ee.success) return manifest;
      const { version, transitions } = e2ee.data;
      return { ...manifest, dave: { version, transitions } };
    }
    case 'present':
    case 'left': {
      const person = personSchema.safeParse(event);
      return person.success ? withPerson(manifest, event, person.data) : manifest;
    }
    case 'stopped':
      return toManifest(event['manifest']) ?? manifest;
    default:
      return manifest;
  }
}

function withTrack(
  manifest: Manifest,
  { file, userId, name }: z.infer<typeof trackSchema>,
): Manifest {
  const others = manifest.tracks.filter((track) => track.file !== file);
  const track = { userId, name, file, samples: 0, sha256: null, ...NO_COUNTS };
  const tracks = [...others, track].sort((a, b) => (a.file < b.file ? -1 : 1));
  return { ...manifest, tracks };
}

/** Where a pause ends that nobody ended: with the recording, to whose length everything is cut. */
const OPEN = Number.MAX_SAFE_INTEGER;

/** The manifest with the pause in which the recording was cut short, as its events tell; it stands in no manifest before. */
export function withOpenPause(manifest: Manifest, told: Manifest): Manifest {
  const [fromSamples, toSamples] = told.pauses.at(-1) ?? [0, 0];
  if (toSamples !== OPEN) return manifest;
  const gap = { reason: 'pause', fromSamples, toSamples };
  const isOther = (one: Manifest['gaps'][number]): boolean =>
    one.reason !== gap.reason || one.fromSamples !== fromSamples;
  return {
    ...manifest,
    pauses: [...manifest.pauses.filter(([from]) => from !== fromSamples), [fromSamples, OPEN]],
    gaps: [...manifest.gaps.filter(isOther), gap],
  };
}

function withPause(manifest: Manifest, what: string, samples: number): Manifest {
  if (what === 'pause') {
    return { ...manifest, pauses: [...manifest.pauses, [samples, OPEN]] };
  }
  const last = manifest.pauses.at(-1);
  if (last === undefined) return manifest;
  return { ...manifest, pauses: [...manifest.pauses.slice(0, -1), [last[0], samples]] };
}

function withPerson(
  manifest: Manifest,
  { event, samples }: LoggedEvent,
  who: z.infer<typeof personSchema>,
): Manifest {
  const { userId, name, bot, excluded } = who;
  const known = manifest.people.find((person) => person.userId === userId);
  const at = Math.max(0, Math.round(samples));
  const present = [...(known?.present ?? [])];
  const last = present.at(-1);
  const here = last !== undefined && last[1] === null;
  if (event === 'present' && !here) present.push([at, null]);
  if (event === 'left' && here) present[present.length - 1] = [last[0], at];
  const person = known === undefined ? { userId, name, bot, excluded } : known;
  const others = manifest.people.filter((each) => each !== known);
  return { ...manifest, people: [...others, { ...person, present }] };
}

async function emptyManifest(folder: string): Promise<Manifest> {
  const unknown = { id: '0', name: 'unknown' };
  return {
    schema: 1,
    state: 'recording',
    app: 'tapedeck',
    startedAt: (await startOf(folder)).toISOString(),
    stoppedAt: null,
    reason: null,
    sampleRate: 48_000,
    samples: 0,
    guild: unknown,
    channel: { ...unknown, kind: 'voice' },
    transport: 'unknown',
    dave: { version: 0, transitions: 0 },
    people: [],
    tracks: [],
    rejected: { 'not-rtp': 0, 'transport-auth': 0, 'payload-type': 0, 'unknown-ssrc': 0 },
    gaps: [],
    markers: [],
    pauses: [],
    consent: {},
  };
}

/** Local time in the folder's name, else when the folder was made. */
async function startOf(folder: string): Promise<Date> {
  const name = /^(\d{4})-(\d\d)-(\d\d) (\d\d)-(\d\d)-(\d\d)/.exec(path.basename(folder));
  if (name !== null) {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = name
      .slice(1)
      .map(Number);
    const start = new Date(year, month - 1, day, hour, minute, second);
    if (!Number.isNaN(start.getTime())) return start;
  }
  return new Date(Math.round((await stat(folder)).birthtimeMs));
}
