import { z } from 'zod';
import type { LoggedEvent } from './event-log.ts';
import {
  manifestParts,
  MOST_ENTRIES,
  MOST_MANIFEST_BYTES,
  NO_COUNTS,
  toManifest,
  writeManifest,
  type Manifest,
  type ManifestTrack,
} from './manifest.ts';

const { app, startedAt, guild, channel, transport, consent } = manifestParts;
const { samples, dave, gap: gapSchema, marker: markerSchema } = manifestParts;
const firstSchema = z.object({ app, startedAt, guild, channel, transport, consent });
const startedSchema = z.object({ startedAt });
const trackSchema = manifestParts.track.pick({ file: true, userId: true, name: true });
const stretchEndSchema = z.looseObject({ samples });
const { userId, name } = manifestParts.person.shape;
const rounded = z.number().transform((at) => Math.max(0, Math.round(at)));
const personSchema = z.looseObject({
  userId,
  name,
  bot: z.boolean().default(false),
  excluded: z.boolean().default(false),
  samples: rounded.pipe(samples),
});

/** For what is none of the lists, and no event of ours is near it. */
const MOST_FACTS_BYTES = 1024 * 1024;

/** Each line of an entry is indented by no more. */
const MOST_INDENT = 8;

/** Where a pause ends that nobody ended: with the recording, to whose length everything is cut. */
export const OPEN_PAUSE = Number.MAX_SAFE_INTEGER;

type Person = Manifest['people'][number];
type Marker = Manifest['markers'][number];
/** What is none of the lists that grow with the events. */
type Facts = Omit<Manifest, 'tracks' | 'people' | 'gaps' | 'markers' | 'pauses'>;

/**
 * The manifest as the events tell it, one after the other; the work for each is the same however many there are. What a
 * manifest cannot hold, by itself, by the number of its kind or by the bytes of the whole, is left out.
 */
export class ToldManifest {
  #facts: Facts;
  #tracks = new Map<string, ManifestTrack>();
  #people = new Map<string, Person>();
  #gaps: Manifest['gaps'] = [];
  #markers = new Map<number, Marker>();
  #pauses: Manifest['pauses'] = [];
  /** What is left for entries; one that is told again in other words is counted again. */
  #roomBytes = 0;

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
        return this.#takeEncryption(dave.safeParse(event).data);
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
        return this.#takePerson(event.event, personSchema.safeParse(event).data);
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
    const roomBytes =
      MOST_MANIFEST_BYTES - MOST_FACTS_BYTES - Buffer.byteLength(writeManifest(manifest));
    if (roomBytes < 0) return;
    this.#roomBytes = roomBytes;
    this.#facts = manifest;
    this.#tracks = new Map(tracks.map((track) => [track.file, track]));
    this.#people = new Map(people.map((person) => [person.userId, person]));
    this.#markers = new Map(markers.map((marker) => [marker.samples, marker]));
    this.#gaps = [...gaps];
    this.#pauses = [...pauses];
  }

  #takeFacts(facts: Partial<z.infer<typeof firstSchema>> | undefined): void {
    if (facts === undefined || writtenBytes(facts) > MOST_FACTS_BYTES) return;
    const { app, startedAt, guild, channel, transport, consent } = { ...this.#facts, ...facts };
    this.#facts = { ...this.#facts, app, startedAt, guild, channel, transport, consent };
  }

  #takeEncryption(e2ee: Manifest['dave'] | undefined): void {
    if (e2ee === undefined) return;
    const { version, transitions } = e2ee;
    this.#facts = { ...this.#facts, dave: { version, transitions } };
  }

  #takeTrack(track: z.infer<typeof trackSchema> | undefined): void {
    if (track === undefined) return;
    const { file, userId, name } = track;
    const told = { userId, name, file, samples: 0, sha256: null, ...NO_COUNTS };
    const count = this.#tracks.has(file) ? 0 : this.#tracks.size;
    if (this.#hasRoom('tracks', count, told)) this.#tracks.set(file, told);
  }

  #takeGap(gap: z.infer<typeof gapSchema> | undefined): void {
    if (gap === undefined) return;
    const { reason, fromSamples, toSamples } = gap;
    const told = { reason, fromSamples, toSamples };
    if (this.#hasRoom('gaps', this.#gaps.length, told)) this.#gaps.push(told);
  }

  /** A note may be changed: then it is told again. */
  #takeMarker(marker: z.infer<typeof markerSchema> | undefined): void {
    if (marker === undefined) return;
    const told = { samples: marker.samples, note: marker.note };
    const count = this.#markers.has(told.samples) ? 0 : this.#markers.size;
    if (!this.#hasRoom('markers', count, told)) return;
    this.#markers.delete(told.samples);
    this.#markers.set(told.samples, told);
  }

  #takePause(what: 'pause' | 'resume', end: z.infer<typeof stretchEndSchema> | undefined): void {
    if (end === undefined) return;
    if (what === 'pause') {
      const told: [number, number] = [end.samples, OPEN_PAUSE];
      if (this.#hasRoom('pauses', this.#pauses.length, told)) this.#pauses.push(told);
      return;
    }
    const last = this.#pauses.at(-1);
    if (last?.[1] !== OPEN_PAUSE) return; // ended already, or there was no room for it
    this.#pauses[this.#pauses.length - 1] = [last[0], end.samples];
  }

  #takePerson(event: 'present' | 'left', who: z.infer<typeof personSchema> | undefined): void {
    if (who === undefined) return;
    const { userId, name, bot, excluded, samples: at } = who;
    const known = this.#people.get(userId);
    const person = known ?? { userId, name, bot, excluded, present: [] };
    if (known === undefined && !this.#hasRoom('people', this.#people.size, person)) return;
    this.#people.delete(userId); // whoever was told of last is last
    this.#people.set(userId, person);
    const { present } = person;
    const last = present.at(-1);
    const here = last !== undefined && last[1] === null;
    if (event === 'left' && here) last[1] = at;
    if (event === 'present' && !here && this.#hasRoom('present', present.length, [at, OPEN_PAUSE]))
      present.push([at, null]);
  }

  /** Takes the entry's room where there is some, beside `count` others of its list. */
  #hasRoom(list: keyof typeof MOST_ENTRIES, count: number, entry: object): boolean {
    const bytes = writtenBytes(entry);
    if (count >= MOST_ENTRIES[list] || bytes > this.#roomBytes) return false;
    this.#roomBytes -= bytes;
    return true;
  }
}

/** In `recording.json`, at most. */
function writtenBytes(entry: object): number {
  const text = JSON.stringify(entry, null, 2);
  return Buffer.byteLength(text) + (text.split('\n').length + 1) * MOST_INDENT;
}
