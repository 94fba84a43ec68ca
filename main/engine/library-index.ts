import { EventEmitter } from 'node:events';
import path from 'node:path';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { listRecordings } from '../recording/library.ts';
import type { LibraryMemory, RecordingInfo } from '../recording/library.ts';
import { readTalkMap } from '../recording/talk-map.ts';

/** Where each track has speech, by the track's file: pairs of samples [from, to). */
export type TalkMap = ReadonlyMap<string, readonly (readonly [number, number])[]>;

export interface IndexedRecording {
  /** Name of its folder in the library. */
  readonly id: string;
  readonly info: RecordingInfo;
  readonly talk: TalkMap;
}

/**
 * The recordings of a library as last read, newest first. A closed recording is read again, with its talk map, only when
 * its files have changed.
 */
export class LibraryIndex {
  /** Where the key of seals is, for whatever changes a recording; null: nowhere. */
  readonly settingsFolder: string | null;
  readonly #folder: string;
  readonly #log: Log;
  readonly #changes = new EventEmitter<{ changed: [] }>();
  readonly #memory: LibraryMemory = new Map();
  #recordings: readonly IndexedRecording[] = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(folder: string, log: Log, settingsFolder: string | null = null) {
    this.#folder = folder;
    this.settingsFolder = settingsFolder;
    this.#log = log;
  }

  get recordings(): readonly IndexedRecording[] {
    return this.#recordings;
  }

  byId(id: string): IndexedRecording | null {
    return this.#recordings.find((recording) => recording.id === id) ?? null;
  }

  /** Reads the folder anew; one reading after the other. A disk that refuses is logged and changes nothing. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  onChange(listener: () => void): () => void {
    this.#changes.on('changed', listener);
    return () => this.#changes.off('changed', listener);
  }

  async #read(): Promise<void> {
    try {
      const found = await listRecordings(this.#folder, this.#memory, this.settingsFolder);
      this.#recordings = await Promise.all(found.map((info) => this.#index(info)));
      this.#changes.emit('changed');
    } catch (error) {
      this.#log.error('library not readable', { error: toError(error).message });
    }
  }

  async #index(info: RecordingInfo): Promise<IndexedRecording> {
    const id = path.basename(info.folder);
    if (info.live) return { id, info, talk: new Map() };
    const known = this.byId(id);
    return known?.info === info ? known : { id, info, talk: await readTalkMap(info) };
  }
}
