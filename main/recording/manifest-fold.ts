import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { MOST_MANIFEST_BYTES, MOST_ENTRIES, NO_COUNTS, writeManifest } from './manifest.ts';
import type { LedgerEntry, Manifest, ManifestNotice, ManifestTrack } from './manifest.ts';
import { withinLength } from './manifest-length.ts';
import { firstManifest } from './new-recording.ts';
import type { RecordingEvent } from './recording-event.ts';

/** Bytes kept free for the fields of a manifest that are no lists: no event of ours comes near. */
const MOST_FACTS_BYTES = 1024 * 1024;

/** Spaces by which a manifest indents each line of an entry, at most. */
const MOST_INDENT = 8;

type Person = Manifest['people'][number];
type Ledger = Map<string, LedgerEntry>;
type Marker = Manifest['markers'][number];
type EventOf<Name extends RecordingEvent['event']> = Extract<RecordingEvent, { event: Name }>;

/**
 * Folds the events of a recording, in order, into its manifest: while recording, and again from the log after a crash.
 * An event costs the same however many came before, the end and a whole manifest aside. Positions are samples. An entry
 * that finds no room is left out: beyond `MOST_ENTRIES` of its list, or `MOST_MANIFEST_BYTES` of the whole.
 */
export class ManifestFold {
  /** The manifest; of its lists those below count. */
  #facts: Manifest;
  #tracks = new Map<string, ManifestTrack>();
  #people = new Map<string, Person>();
  #gaps: Manifest['gaps'] = [];
  /** By the marker's number, or by its place in an old recording without numbers. */
  #markers = new Map<number | string, Marker>();
  #pauses: Manifest['pauses'] = [];
  #pausedAt: number | null = null;
  #forgotten: NonNullable<Manifest['forgotten']> = [];
  /** Both null in a recording from before the ledger. */
  #notices: ManifestNotice[] | null = null;
  /** Where the bot is. */
  #channelId: string | null = null;
  #ledger: Ledger | null = null;
  /** Bytes left for entries. An entry that is told again is counted again. */
  #roomBytes = 0;
  #isWhole = false;

  /** The fold begins with `manifest`, until an event tells how the recording began. */
  constructor(manifest: Manifest) {
    this.#facts = manifest;
    this.#begin(manifest);
  }

  /** Whether an event told how the recording began: nothing is then missing before the events. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Where a pause began that no event has ended, in samples; null when there is none. */
  get pausedAtSamples(): number | null {
    return this.#pausedAt;
  }

  /** Folds one event in. False for a kind of event that no manifest shows. */
  take(event: RecordingEvent): boolean {
    switch (event.event) {
      case 'joined':
      case 'moved':
        this.#channelId = event.channelId;
        return false;
      case 'talkspurt':
      case 'loss':
        return false;
      case 'recording':
        this.#takeFirst(event);
        break;
      case 'manifest':
        this.#isWhole = true;
        this.#begin(event.manifest);
        break;
      case 'started':
        this.#facts = { ...this.#facts, startedAt: event.startedAt };
        break;
      case 'e2ee':
        this.#facts = {
          ...this.#facts,
          dave: { version: event.version, transitions: event.transitions },
        };
        break;
      case 'track':
        this.#takeTrack(event);
        break;
      case 'removed':
        this.#tracks.delete(event.file);
        break;
      case 'gap':
        this.#takeGap(event);
        break;
      case 'marker':
        this.#takeMarker(event);
        break;
      case 'pause':
        this.#pausedAt = event.samples;
        break;
      case 'resume':
        this.#takeResume(event);
        break;
      case 'present':
        this.#takePresent(event);
        this.#enterInLedger(event);
        break;
      case 'excluded':
        this.#takeChoice(event);
        break;
      case 'notice':
        this.#takeNotice(event);
        break;
      case 'asked':
        this.#facts = {
          ...this.#facts,
          consent: { ...this.#facts.consent, stoppedBy: event.userId },
        };
        break;
      case 'named':
        this.#takeName(event);
        break;
      case 'left':
        this.#takeLeft(event);
        break;
      case 'stopped':
        this.#takeEnd(event, { state: 'complete', reason: event.reason });
        break;
      case 'recovered':
        this.#takeEnd(event, { state: 'recovered', reason: 'interrupted' });
        break;
      case 'forgotten':
        this.#takeForgotten(event);
        break;
    }
    return true;
  }

  /** The manifest so far; `state` is `recording` until an event told the end. */
  manifest(): Manifest {
    return {
      ...this.#facts,
      people: [...this.#people.values()],
      tracks: [...this.#tracks.values()],
      gaps: [...this.#gaps],
      markers: [...this.#markers.values()],
      pauses: [...this.#pauses],
      consent: {
        ...this.#facts.consent,
        ...(this.#notices === null ? {} : { notices: [...this.#notices] }),
        ...(this.#ledger === null ? {} : { people: [...this.#ledger.values()] }),
      },
      ...(this.#forgotten.length === 0 ? {} : { forgotten: [...this.#forgotten] }),
    };
  }

  #begin(manifest: Manifest): void {
    const { tracks, people, gaps, markers, pauses } = manifest;
    const roomBytes =
      MOST_MANIFEST_BYTES - MOST_FACTS_BYTES - Buffer.byteLength(writeManifest(manifest));
    if (roomBytes < 0) return;
    this.#roomBytes = roomBytes;
    this.#facts = manifest;
    this.#tracks = new Map(tracks.map((track) => [track.file, track]));
    this.#people = new Map(
      people.map((person) => {
        const present = person.present.map(([from, to]): [number, number | null] => [from, to]);
        return [person.userId, { ...person, present }];
      }),
    );
    this.#markers = new Map(markers.map((marker, number) => [number, marker]));
    this.#gaps = [...gaps];
    this.#pauses = [...pauses];
    this.#pausedAt = null;
    this.#forgotten = [...(manifest.forgotten ?? [])];
    const { notices: given, people: ledger } = manifest.consent;
    this.#notices = given === undefined ? null : [...given];
    this.#ledger = ledger === undefined ? null : new Map(ledger.map((one) => [one.userId, one]));
  }

  #takeFirst(event: EventOf<'recording'>): void {
    const { app, startedAt, timeZone, guild, channel, transport, consent } = event;
    const facts = { app, timeZone, place: { guild, channel }, transport, consent };
    if (writtenBytes(facts) > MOST_FACTS_BYTES) return;
    this.#isWhole = true;
    this.#begin(firstManifest(facts, Date.parse(startedAt)));
  }

  #takeTrack({ file, userId, name }: EventOf<'track'>): void {
    const told = { userId, name, file, samples: 0, sha256: null, ...NO_COUNTS };
    const count = this.#tracks.has(file) ? 0 : this.#tracks.size;
    if (this.#hasRoom('tracks', count, told)) this.#tracks.set(file, told);
  }

  #takeGap({ reason, fromSamples, toSamples }: EventOf<'gap'>): void {
    const told = { reason, fromSamples, toSamples };
    if (this.#hasRoom('gaps', this.#gaps.length, told)) this.#gaps.push(told);
  }

  #takeMarker({ samples, note, number }: EventOf<'marker'>): void {
    const told = { samples, note };
    const key = number ?? `at ${String(samples)}`;
    const count = this.#markers.has(key) ? 0 : this.#markers.size;
    if (this.#hasRoom('markers', count, told)) this.#markers.set(key, told);
  }

  #takeResume({ samples }: EventOf<'resume'>): void {
    if (this.#pausedAt === null) return;
    const told: [number, number] = [this.#pausedAt, samples];
    this.#pausedAt = null;
    if (this.#hasRoom('pauses', this.#pauses.length, told)) this.#pauses.push(told);
  }

  #takePresent({ userId, name, bot, excluded, samples }: EventOf<'present'>): void {
    const present = this.#people.get(userId)?.present ?? [];
    const told = { userId, name, bot, excluded, present };
    const count = this.#people.has(userId) ? 0 : this.#people.size;
    if (present.at(-1)?.[1] === null || !this.#hasRoom('people', count, { ...told, present: [] }))
      return;
    this.#people.set(userId, told);
    if (this.#hasRoom('present', present.length, [samples, Number.MAX_SAFE_INTEGER]))
      present.push([samples, null]);
  }

  #enterInLedger(event: EventOf<'present'>): void {
    const { userId, bot, excluded, by, toldAt = null, samples } = event;
    if (bot || this.#ledger?.has(userId) === true) return;
    // Where everybody is asked first, being left out is nobody's choice yet.
    const isChosen = excluded && (by !== undefined || !this.#asksFirst);
    const choice = choiceOf({ excluded: isChosen, by: by ?? 'operator' });
    const choiceAt = isChosen ? this.#timeOf(samples) : null;
    this.#setInLedger({ userId, toldAt, choice, choiceAt, by: by ?? 'operator' });
  }

  /** Somebody who has not been here yet may have chosen too. */
  #takeChoice({ userId, excluded, by, samples }: EventOf<'excluded'>): void {
    const person = this.#people.get(userId);
    if (person !== undefined) this.#people.set(userId, { ...person, excluded });
    if (person?.bot === true) return;
    const { toldAt = null } = this.#ledger?.get(userId) ?? {};
    const choiceAt = this.#timeOf(samples);
    const isAnswer = by === 'person' && this.#asksFirst;
    const choice = isAnswer ? (excluded ? 'none' : 'agreed') : choiceOf({ excluded, by });
    this.#setInLedger({ userId, toldAt, choice, choiceAt, by });
  }

  get #asksFirst(): boolean {
    return this.#facts.consent.askFirst === true;
  }

  #setInLedger(told: LedgerEntry): void {
    const ledger = this.#ledger;
    if (ledger === null) return;
    const count = ledger.has(told.userId) ? 0 : ledger.size;
    if (this.#hasRoom('ledger', count, told)) ledger.set(told.userId, told);
  }

  /** Whoever is in the channel has been told with it, if they had not been before. */
  #takeNotice({ kind, channelId, at, samples, ok, why }: EventOf<'notice'>): void {
    const told = { kind, channelId, at, samples, ok, why };
    if (this.#notices !== null && this.#hasRoom('notices', this.#notices.length, told))
      this.#notices.push(told);
    if (!ok || channelId !== this.#channelId) return;
    for (const { userId, present } of this.#people.values()) {
      const entry = this.#ledger?.get(userId);
      if (entry?.toldAt === null && present.at(-1)?.[1] === null)
        this.#ledger?.set(userId, { ...entry, toldAt: at });
    }
  }

  #timeOf(samples: number): string {
    return new Date(Date.parse(this.#facts.startedAt) + samples / SAMPLES_PER_MS).toISOString();
  }

  #takeName({ userId, name }: EventOf<'named'>): void {
    const person = this.#people.get(userId);
    if (person === undefined) return;
    const told = { ...person, name };
    if (this.#hasRoom('people', 0, { ...told, present: [] })) this.#people.set(userId, told);
  }

  #takeLeft({ userId, samples }: EventOf<'left'>): void {
    const last = this.#people.get(userId)?.present.at(-1);
    if (last !== undefined && last[1] === null) last[1] = samples;
  }

  #takeForgotten({ at }: EventOf<'forgotten'>): void {
    const told = { at };
    if (this.#hasRoom('forgotten', this.#forgotten.length, told)) this.#forgotten.push(told);
  }

  #takeEnd(
    { samples, tracks, rejected, faults, dave }: EventOf<'stopped' | 'recovered'>,
    end: Pick<Manifest, 'state' | 'reason'>,
  ): void {
    const stoppedAt = this.#timeOf(samples);
    const facts = { ...this.manifest(), ...end, stoppedAt, samples, tracks, rejected, faults };
    this.#begin(withinLength({ ...facts, dave }));
  }

  /**
   * Takes the bytes of `entry` from the room that is left. False when they are too many, or `count` entries fill the
   * list.
   */
  #hasRoom(list: keyof typeof MOST_ENTRIES, count: number, entry: object): boolean {
    const bytes = writtenBytes(entry);
    if (count >= MOST_ENTRIES[list] || bytes > this.#roomBytes) return false;
    this.#roomBytes -= bytes;
    return true;
  }
}

/** What a choice to be left out, or not any more, is called. */
function choiceOf({
  excluded,
  by,
}: Pick<EventOf<'excluded'>, 'excluded' | 'by'>): LedgerEntry['choice'] {
  if (!excluded) return 'none';
  return by === 'person' ? 'refused' : 'excluded';
}

/** Bytes that the entry takes in `recording.json`, at most. */
function writtenBytes(entry: object): number {
  const text = JSON.stringify(entry, null, 2);
  return Buffer.byteLength(text) + (text.split('\n').length + 1) * MOST_INDENT;
}
