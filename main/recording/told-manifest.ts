import { z } from 'zod';
import type { LoggedEvent } from './event-log.ts';
import { NO_COUNTS, toManifest, type Manifest, type ManifestTrack } from './manifest.ts';

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

/** Where a pause ends that nobody ended: with the recording, to whose length everything is cut. */
export const OPEN_PAUSE = Number.MAX_SAFE_INTEGER;

type Person = Manifest['people'][number];
type Marker = Manifest['markers'][number];
/** What is none of the lists that grow with the events. */
type Facts = Omit<Manifest, 'tracks' | 'people' | 'gaps' | 'markers' | 'pauses'>;

/** The manifest as the events tell it, one after the other; the work for each is the same however many there are. */
export class ToldManifest {
  #facts: Facts;
  #tracks = new Map<string, ManifestTrack>();
  #people = new Map<string, Person>();
  #gaps: Manifest['gaps'] = [];
  #markers = new Map<number, Marker>();
  #pauses: Manifest['pauses'] = [];

  constructor(manifest: Manifest) {
    this.#facts = manifest;
    this.#begin(manifest);
  }

  take(event: LoggedEvent): void {
    switch (event.event) {
      case 'recording':
        return this.#takeFacts(firstSchema.safeParse(event).data);
      case 'started':
        return this.#takeFacts(startedSchema.safeParse(event).data);
      case 'e2ee':
        return this.#takeEncryption(e2eeSchema.safeParse(event).data);
      case 'track':
        return this.#takeTrack(trackSchema.safeParse(event).data);
      case 'gap':
        return this.#takeGap(gapSchema.safeParse(event).data);
      case 'marker':
        return this.#takeMarker(markerSchema.safeParse(event).data);
      case 'pause':
      case 'resume':
        return this.#takePause(event.event, stretchEndSchema.safeParse(event).data);
      case 'present':
      case 'left':
        return this.#takePerson(event, personSchema.safeParse(event).data);
      case 'stopped': {
        const manifest = toManifest(event['manifest']);
        if (manifest !== null) this.#begin(manifest);
      }
    }
  }

  /** Null when it is none of schema 1. */
  manifest(): Manifest | null {
    const people = [...this.#people.values()];
    const tracks = [...this.#tracks.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
    const lists = { people, tracks, gaps: this.#gaps, pauses: this.#pauses };
    return toManifest({ ...this.#facts, ...lists, markers: [...this.#markers.values()] });
  }

  #begin(manifest: Manifest): void {
    const { tracks, people, gaps, markers, pauses } = manifest;
    this.#facts = manifest;
    this.#tracks = new Map(tracks.map((track) => [track.file, track]));
    this.#people = new Map(people.map((person) => [person.userId, person]));
    this.#markers = new Map(markers.map((marker) => [marker.samples, marker]));
    this.#gaps = [...gaps];
    this.#pauses = [...pauses];
  }

  #takeFacts(facts: Partial<z.infer<typeof firstSchema>> | undefined): void {
    if (facts === undefined) return;
    const { app, startedAt, guild, channel, transport, consent } = { ...this.#facts, ...facts };
    this.#facts = { ...this.#facts, app, startedAt, guild, channel, transport, consent };
  }

  #takeEncryption(e2ee: z.infer<typeof e2eeSchema> | undefined): void {
    if (e2ee === undefined) return;
    const { version, transitions } = e2ee;
    this.#facts = { ...this.#facts, dave: { version, transitions } };
  }

  #takeTrack(track: z.infer<typeof trackSchema> | undefined): void {
    if (track === undefined) return;
    const { file, userId, name } = track;
    this.#tracks.set(file, { userId, name, file, samples: 0, sha256: null, ...NO_COUNTS });
  }

  #takeGap(gap: z.infer<typeof gapSchema> | undefined): void {
    if (gap === undefined) return;
    const { reason, fromSamples, toSamples } = gap;
    this.#gaps.push({ reason, fromSamples, toSamples });
  }

  /** A note may be changed: then it is told again. */
  #takeMarker(marker: z.infer<typeof markerSchema> | undefined): void {
    if (marker === undefined) return;
    const { samples, note } = marker;
    this.#markers.delete(samples);
    this.#markers.set(samples, { samples, note });
  }

  #takePause(what: 'pause' | 'resume', end: z.infer<typeof stretchEndSchema> | undefined): void {
    if (end === undefined) return;
    if (what === 'pause') {
      this.#pauses.push([end.samples, OPEN_PAUSE]);
      return;
    }
    const last = this.#pauses.pop();
    if (last !== undefined) this.#pauses.push([last[0], end.samples]);
  }

  #takePerson(
    { event, samples }: LoggedEvent,
    who: z.infer<typeof personSchema> | undefined,
  ): void {
    if (who === undefined) return;
    const { userId, name, bot, excluded } = who;
    const person = this.#people.get(userId) ?? { userId, name, bot, excluded, present: [] };
    this.#people.delete(userId); // whoever was told of last is last
    this.#people.set(userId, person);
    const at = Math.max(0, Math.round(samples));
    const last = person.present.at(-1);
    const here = last !== undefined && last[1] === null;
    if (event === 'present' && !here) person.present.push([at, null]);
    if (event === 'left' && here) last[1] = at;
  }
}
