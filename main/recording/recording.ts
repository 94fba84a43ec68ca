import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { everyByTimer, type Every } from '../base/every.ts';
import { replaceFile, syncFolder } from '../base/replace-file.ts';
import { SAMPLE_RATE_HZ, SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { AppendFile } from './track/append-file.ts';
import { DiskReserve } from './disk-reserve.ts';
import { EVENTS_FILE, MANIFEST_FILE, trackFile, TRACKS_FOLDER } from './layout.ts';
import { removeTrackLines, writeEvent } from './event-log.ts';
import { ManifestFold } from './manifest-fold.ts';
import { NO_COUNTS, NO_REJECTS, writeManifest } from './manifest.ts';
import type { Manifest, ManifestTrack, Rejected, TrackCounts } from './manifest.ts';
import type { RecordingEvent } from './recording-event.ts';
import { LOCK_REFRESH_MS, RecordingLock } from './recording-lock.ts';
import { firstManifest, makeFolder, type NewRecording } from './new-recording.ts';
import { countsInFile, scanTrack } from './track/scan-track.ts';
import { sealTrack } from './track/seal-track.ts';
import { claimOf } from './seal/add-seal-line.ts';
import { Seal } from './seal/seal.ts';
import { orStorageError, toStorageError, type StorageError } from './storage-error.ts';
import { writeTrackTags } from './track/track-stream.ts';
import { TrackWriter, type FinishedTrack } from './track/track-writer.ts';
import { Semaphore } from './track/semaphore.ts';

/**
 * How often everything goes to the disk. With 250 ms in the jitter buffer and up to 100 ms for the disk, what a crash
 * takes stays below the second that is promised.
 */
const FLUSH_MS = 400;

/** However much happens, the manifest is written once in that time at most: the log has every event. */
const SAVE_MS = 1_000;

/** Files synced at a time: two of Node's four threads, so that writing goes on. */
const SYNCS_AT_ONCE = 2;

/** After 2 minutes without a packet a track is filled with silence, up to `SETTLED_SAMPLES` ago. */
const IDLE_SAMPLES = 120 * SAMPLE_RATE_HZ;

/** 1 minute. No packet older than that can come, since packets wait 10 s for a name and 2 s for a key at most. */
const SETTLED_SAMPLES = 60 * SAMPLE_RATE_HZ;

/** Events of the last second and the lines of the last event and the manifest that are no talk. */
const CLOSING_BYTES = 256 * 1024;

/** Silence of an hour takes 0.6 MB: what the file of somebody who speaks up at the end begins with. */
const SILENCE_BYTES_PER_SAMPLE = 0.6e6 / (3_600 * SAMPLE_RATE_HZ);

/** What a recording is made with. */
export interface RecordingOptions extends NewRecording {
  readonly log: Log;
  /** Where the key of its seal is; the seal is not signed when absent. */
  readonly settingsFolder?: string | null;
  /** Calls back every so many milliseconds, for flushes and the lock; the computer's timers when absent. */
  readonly every?: Every;
  /** Called once, when something could not be written: the recording is to be closed then. */
  readonly onDiskError: (error: StorageError) => void;
}

/** What only the end of a recording tells. */
export interface RecordingResult {
  readonly reason: string;
  /** Length of the recording. It becomes longer where a track's last packet would be cut off whole. */
  readonly samples: number;
  /** By track; a track that is not in the map has counts of 0. `silenceAdded` is taken from the track itself. */
  readonly counts: ReadonlyMap<TrackWriter, TrackCounts>;
  readonly rejected: Rejected;
  /** Faults of our own code, each of which cost a packet. */
  readonly faults: number;
  readonly dave: { readonly version: number; readonly transitions: number };
}

interface Person {
  userId: string | null;
  name: string;
}

/**
 * A recording being written: its folder, tracks, events, manifest and lock. Positions are 48 kHz samples from sample 0.
 * A disk that fails while recording throws nothing: `onDiskError` is called.
 */
export class Recording implements AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  readonly #options: RecordingOptions;
  readonly #lock: RecordingLock;
  readonly #reserve: DiskReserve;
  readonly #events: AppendFile;
  readonly #syncs: Semaphore;
  readonly #seal: Seal;
  readonly #tracks = new Map<TrackWriter, Person>();
  /** Tracks so far, those that were removed too. */
  #trackCount = 0;
  /** Files of tracks that were removed. */
  readonly #removed: string[] = [];
  /** Removals of tracks that are under way. */
  readonly #removals = new Set<Promise<unknown>>();
  readonly #timers: readonly Disposable[];
  #startedMs: number;
  readonly #fold: ManifestFold;
  #manifestChanged = false;
  #savedAtMs = -Infinity;
  #manifestBytes = 0;
  #saving: Promise<void> | null = null;
  #failure: StorageError | null = null;
  #closing: Promise<Manifest> | null = null;

  /**
   * Makes folder, lock, events and manifest; sample 0 is when it resolves. Throws StorageError, and then nothing is left
   * on disk.
   */
  static async create(options: RecordingOptions): Promise<Recording> {
    let folder: string | null = null;
    try {
      folder = await makeFolder(options);
      const lock = await RecordingLock.take(folder, options.clock.wallMs());
      await mkdir(path.join(folder, TRACKS_FOLDER), 0o700);
      const reserve = await DiskReserve.take(folder);
      const { settingsFolder = null, log } = options;
      const syncs = new Semaphore(SYNCS_AT_ONCE);
      const seal = await Seal.open({ folder, settingsFolder, log, syncs });
      const recording = new Recording(options, { folder, lock, reserve, syncs, seal });
      await recording.#prepare();
      recording.#begin();
      return recording;
    } catch (error) {
      if (folder !== null) await rm(folder, { recursive: true, force: true });
      throw toStorageError(error, { cannot: 'write', file: options.libraryFolder });
    }
  }

  private constructor(
    options: RecordingOptions,
    own: {
      readonly folder: string;
      readonly lock: RecordingLock;
      readonly reserve: DiskReserve;
      readonly syncs: Semaphore;
      readonly seal: Seal;
    },
  ) {
    this.folder = own.folder;
    this.#options = options;
    this.#lock = own.lock;
    this.#reserve = own.reserve;
    this.#syncs = own.syncs;
    this.#seal = own.seal;
    this.#startedMs = options.clock.monotonicMs();
    this.#fold = new ManifestFold(firstManifest(options, options.clock.wallMs()));
    this.#events = new AppendFile(path.join(own.folder, EVENTS_FILE), this.#fileOptions());
    const { every = everyByTimer } = options;
    this.#timers = [
      every(FLUSH_MS, () => this.#flush()),
      every(LOCK_REFRESH_MS, () => this.#refreshLock()),
    ];
  }

  /** Sample 0 on the monotonic clock. */
  get startedAtMs(): number {
    return this.#startedMs;
  }

  /** Bytes of the tracks that have been written to their files. */
  get bytesWritten(): number {
    let bytes = 0;
    for (const track of this.#tracks.keys()) bytes += track.bytesWritten;
    return bytes;
  }

  /**
   * A new track, `tracks/NN-name.opus`. Its file is made in the background, once the log names it on the disk: a file
   * that nothing names is nobody's track. Appends queue.
   */
  addTrack(who: { readonly userId: string | null; readonly name: string }): TrackWriter {
    const name = who.userId === null ? 'unknown' : who.name;
    const tags = writeTrackTags({ userId: who.userId, name });
    this.#trackCount += 1;
    const file = trackFile(this.#trackCount, name);
    const track = new TrackWriter({
      file,
      path: path.join(this.folder, file),
      tags,
      after: () => this.#events.flush(),
      ...this.#fileOptions(),
    });
    this.#tracks.set(track, { userId: who.userId, name: who.name });
    this.#trackEvent(track);
    return track;
  }

  /** The person of an unknown track became known; the file keeps its name. */
  nameTrack(track: TrackWriter, who: { readonly userId: string; readonly name: string }): void {
    const person = this.#tracks.get(track);
    if (person === undefined) return;
    person.userId = who.userId;
    person.name = who.name;
    this.#trackEvent(track);
  }

  /**
   * These tracks are no part of the recording any more: their files are removed, with whatever was queued for them.
   * Resolves when neither file nor manifest has them. Throws StorageError when a file cannot be removed.
   */
  async removeTracks(tracks: readonly TrackWriter[]): Promise<void> {
    if (this.#closing !== null) return;
    const own = tracks.filter((track) => this.#tracks.has(track));
    for (const track of own) {
      const { file } = track;
      const { userId = null } = this.#tracks.get(track) ?? {};
      this.#tracks.delete(track);
      this.#removed.push(file);
      this.tell({ event: 'removed', samples: this.#samples(), file, userId });
    }
    const removal = allDone(own.map((track) => this.#remove(track)));
    this.#removals.add(removal);
    await removal.finally(() => this.#removals.delete(removal));
  }

  /** Writes the event into the log, with the time of day, and folds it into the manifest. Only queues bytes. */
  tell(event: RecordingEvent): void {
    this.#events.push(Buffer.from(writeEvent(event, this.#options.clock.wallMs())));
    this.#seal.tell(event);
    if (!this.#fold.take(event)) return;
    this.#manifestChanged = true;
    this.#saveManifest();
  }

  /**
   * Ends every track at the same sample, closes and syncs all files, writes the manifest and gives the lock free.
   * After a disk error: what is there is closed validly. Throws StorageError when not even that can be written; the
   * recording is then recovered when it is next opened.
   */
  close(result: RecordingResult): Promise<Manifest> {
    this.#closing ??= this.#close(result);
    return this.#closing;
  }

  /** Closes everything and removes the folder of a recording that is not to be. Without effect after `close`. */
  async discard(): Promise<void> {
    if (this.#closing !== null) return;
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#manifestChanged = false;
    await Promise.allSettled(this.#removals);
    await this.#saving;
    for (const track of this.#tracks.keys()) await track.close();
    await this.#events.close();
    await this.#seal.close();
    await this.#reserve.close();
    await this.#lock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({
      reason: 'fault',
      samples: this.#samples(),
      counts: new Map(),
      rejected: NO_REJECTS,
      faults: 0,
      dave: this.#fold.manifest().dave,
    });
  }

  /** Writes the first event and the manifest. The disk takes its time for that, so sample 0 comes after it. */
  async #prepare(): Promise<void> {
    const { app, startedAt, timeZone, guild, channel, transport, consent } = this.#fold.manifest();
    const facts = { app, startedAt, timeZone, guild, channel, transport, consent };
    this.tell({ event: 'recording', samples: 0, ...facts });
    await this.#events.flush();
    await this.#saving;
    await syncFolder(this.#options.libraryFolder);
    if (this.#failure === null) return;
    for (const timer of this.#timers) timer[Symbol.dispose]();
    await this.#events.close();
    await this.#reserve.close();
    await this.#lock.close();
    throw this.#failure;
  }

  #begin(): void {
    this.#startedMs = this.#options.clock.monotonicMs();
    const startedAtMs = this.#options.clock.wallMs();
    this.#seal.begin(startedAtMs);
    const startedAt = new Date(startedAtMs).toISOString();
    this.tell({ event: 'started', samples: 0, startedAt });
  }

  async #flush(): Promise<void> {
    this.#saveManifest();
    const startedAtMs = this.#startedMs;
    const samples = this.#samples();
    for (const track of this.#tracks.keys()) {
      if (samples - track.endPosition > IDLE_SAMPLES) track.padTo(samples - SETTLED_SAMPLES);
    }
    const neededBytes = this.#bytesToClose(samples);
    if (neededBytes > this.#reserve.bytes) void this.#reserve.grow(neededBytes);
    const files = [this.#events, ...this.#tracks.keys()];
    await Promise.all(files.map((file) => file.flush()));
    if (startedAtMs !== this.#startedMs) return; // sample 0 came meanwhile
    const moment = { samples, atMs: this.#options.clock.wallMs() };
    await this.#seal.mark(moment, { events: this.#events, tracks: this.#tracks.keys() });
  }

  /** What closing takes on the disk at most, so that a disk which fills later leaves enough. */
  #bytesToClose(samples: number): number {
    let bytes = CLOSING_BYTES + 2 * this.#manifestBytes + samples * SILENCE_BYTES_PER_SAMPLE;
    for (const track of this.#tracks.keys()) bytes += track.bytesToFinish;
    return bytes;
  }

  async #close(result: RecordingResult): Promise<Manifest> {
    const { reason, samples: asked, counts, rejected, faults, dave } = result;
    for (const timer of this.#timers) timer[Symbol.dispose]();
    await Promise.allSettled(this.#removals);
    await this.#saving;
    const samples = [...this.#tracks.keys()].reduce(
      (most, { leastSamples }) => Math.max(most, leastSamples),
      Math.round(asked),
    );
    try {
      await this.#reserve.close(); // for the ends of the tracks, what a full disk kept out, and the manifest
      const tracks = await allDone(
        Array.from(this.#tracks, ([track, person]) =>
          this.#finish(track, { person, samples, counts: counts.get(track) ?? NO_COUNTS }),
        ),
      );
      this.tell({ event: 'stopped', reason, samples, tracks, rejected, faults, dave });
      await this.#events.retry();
      await this.#events.close();
      await this.#removeTrackLines();
      const moment = { samples, atMs: this.#options.clock.wallMs() };
      await this.#seal.end(moment, { events: await this.#closedEvents(), tracks });
      const manifest = this.#fold.manifest();
      await replaceFile(this.#path(MANIFEST_FILE), writeManifest(manifest));
      return manifest;
    } catch (error) {
      throw toStorageError(error, { cannot: 'write', file: this.folder });
    } finally {
      await this.#events.close();
      await this.#seal.close();
      await this.#reserve.close();
      await this.#lock.close();
    }
  }

  /** What is on the disk of the closed log, which is read where lines were taken out of it. */
  async #closedEvents(): Promise<Pick<AppendFile, 'onDisk'>> {
    const { onDisk } = this.#events;
    const wasRewritten = this.#trackCount > this.#tracks.size;
    return { onDisk: (wasRewritten ? await claimOf(this.#path(EVENTS_FILE)) : null) ?? onDisk };
  }

  /** Ends one track; one whose disk failed is ended from what is in its file, and its counts say what that is. */
  async #finish(
    track: TrackWriter,
    end: { readonly person: Person; readonly samples: number; readonly counts: TrackCounts },
  ): Promise<ManifestTrack> {
    const { person, samples, counts } = end;
    const { file } = track;
    const finished = await track.finish(samples);
    const { sha256, talk, ...inFile } = finished ?? (await this.#endFromFile(file, samples));
    return { ...person, file, samples, sha256, ...counts, ...inFile, talk };
  }

  async #endFromFile(file: string, samples: number): Promise<FinishedTrack & Partial<TrackCounts>> {
    const before = await scanTrack(this.#path(file));
    const { sha256, talk } = await sealTrack(this.#path(file), samples, before);
    return { sha256, talk, ...countsInFile(before, samples) };
  }

  async #remove(track: TrackWriter): Promise<void> {
    const place = this.#path(track.file);
    await orStorageError({ cannot: 'write', file: place }, () => track.discard());
    await syncFolder(path.dirname(place));
    await this.#events.flush();
    await this.#saving; // it may have begun before the event
    this.#savedAtMs = -Infinity;
    this.#saveManifest();
    await this.#saving;
  }

  /** A disk that is too full for another copy of the log keeps the lines; the recording is closed all the same. */
  async #removeTrackLines(): Promise<void> {
    try {
      await removeTrackLines(this.folder, this.#removed);
    } catch (error) {
      this.#options.log.warn('lines of a track not removed', { error: toError(error).message });
    }
  }

  #trackEvent(track: TrackWriter): void {
    const { userId, name } = this.#tracks.get(track) ?? { userId: null, name: '' };
    const samples = this.#samples();
    this.tell({ event: 'track', samples, file: track.file, userId, name });
  }

  /** Saves a manifest that changed, unless one was saved just before: the next flush finds it changed. */
  #saveManifest(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (!this.#manifestChanged || nowMs - this.#savedAtMs < SAVE_MS) return;
    this.#saving ??= this.#save().finally(() => (this.#saving = null));
  }

  async #save(): Promise<void> {
    await Promise.resolve(); // changes of the same turn are saved together
    if (this.#closing !== null || this.#failure !== null) return;
    this.#manifestChanged = false;
    this.#savedAtMs = this.#options.clock.monotonicMs();
    try {
      const text = writeManifest({ ...this.#fold.manifest(), samples: this.#samples() });
      this.#manifestBytes = Buffer.byteLength(text);
      await replaceFile(this.#path(MANIFEST_FILE), text);
    } catch (error) {
      this.#fail(toStorageError(error, { cannot: 'write', file: this.#path(MANIFEST_FILE) }));
    }
  }

  #refreshLock(): Promise<void> {
    return this.#lock
      .refresh(this.#options.clock.wallMs(), this.#samples())
      .catch((error: unknown) => {
        this.#options.log.warn('lock not refreshed', { error: toError(error).message });
      });
  }

  #fileOptions(): { onError: (error: StorageError) => void; syncs: Semaphore } {
    return { onError: (error) => this.#fail(error), syncs: this.#syncs };
  }

  #fail(error: StorageError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#options.log.error('recording not written', { error: error.message });
    this.#options.onDiskError(error);
  }

  /** Length so far, by the clock. */
  #samples(): number {
    const elapsedMs = this.#options.clock.monotonicMs() - this.#startedMs;
    return Math.max(0, Math.round(elapsedMs * SAMPLES_PER_MS));
  }

  #path(file: string): string {
    return path.join(this.folder, file);
  }
}

/** As Promise.all, but when one fails the others are waited for, so that nobody writes any more when it rejects. */
async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
