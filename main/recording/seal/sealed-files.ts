import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { EVENTS_FILE } from '../layout.ts';
import type { TrackFiles } from '../track-files.ts';
import { PrefixHash } from './prefix-hash.ts';
import type { ChainedLine } from './seal-chain.ts';
import { sealName, type SealClaim } from './seal-line.ts';

/** A seal that names more files is none of ours. */
const MOST_FILES = 10_000;

/** What a seal claims of one file, beside what is there. */
interface SealedFile {
  /** Null when the file is not there. */
  readonly place: string | null;
  readonly prefix: PrefixHash | null;
  /** By the first line's key; null: removed. */
  claimed: SealClaim | null;
  /** The same by whichever key signed last. */
  newest: SealClaim | null;
  /** Samples of the line before the first that claims what is not there; null while there is none. */
  intactUntil: number | null;
}

/** The files of a recording, compared with one line of its seal after the other. */
export class SealedFiles {
  readonly #folder: string;
  /** By `sealName`. */
  readonly #tracks: TrackFiles;
  readonly #files = new Map<string, SealedFile>();
  /** Of the newest line that was written while recording. */
  #recordedSamples = 0;
  /** Of the newest line that tells an end by the first line's key; null before one. */
  #actUntil: number | null = null;
  #isOver = false;

  constructor(folder: string, tracks: TrackFiles) {
    this.#folder = folder;
    this.#tracks = new Map([...tracks].map(([file, place]) => [sealName(file), place]));
  }

  /** Whether a line tells what was done when the recording was over. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Every file that a line has named, by `sealName`. */
  get names(): ReadonlySet<string> {
    return new Set(this.#files.keys());
  }

  /** False when the seal names too many files. */
  async take({ line, byFirstKey }: ChainedLine): Promise<boolean> {
    const isAct = line.act !== undefined;
    for (const [name, claim] of Object.entries(line.files)) {
      const file = this.#file(name);
      if (byFirstKey) file.claimed = claim;
      file.newest = claim;
      if (claim === null) file.intactUntil = null; // what it was is nobody's any more
      if (isAct || claim === null || file.intactUntil !== null) continue;
      if ((await file.prefix?.of(claim.bytes)) !== claim.sha256)
        file.intactUntil = this.#recordedSamples;
    }
    if (isAct) this.#isOver = true;
    else this.#recordedSamples = line.samples;
    if (isAct && byFirstKey) this.#actUntil = line.sealedUntil ?? 0;
    return this.#files.size <= MOST_FILES;
  }

  /** Up to which sample all files are as the first line's key says; the names of those that are not as the newest line says. */
  async end(): Promise<{ readonly samples: number; readonly changed: readonly string[] }> {
    let samples = this.#actUntil ?? this.#recordedSamples;
    const changed: string[] = [];
    for (const [name, file] of this.#files) {
      if (!(await this.#holds(name, file.claimed, this.#actUntil !== null)))
        samples = Math.min(samples, file.intactUntil ?? this.#recordedSamples);
      if (!(await this.#holds(name, file.newest, this.#isOver))) changed.push(name);
    }
    return { samples, changed };
  }

  async #holds(name: string, claim: SealClaim | null, isOver: boolean): Promise<boolean> {
    const { place, prefix, intactUntil } = this.#file(name);
    if (!isOver && claim !== null) return intactUntil === null;
    if (claim === null || prefix === null || place === null)
      return claim === null && place === null;
    if ((await prefix.of(claim.bytes)) !== claim.sha256) return false;
    // Later changes are added to the log; a track that is over does not grow.
    return name === EVENTS_FILE || (await lstat(place)).size === claim.bytes;
  }

  #file(name: string): SealedFile {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const place =
      name === EVENTS_FILE ? path.join(this.#folder, name) : (this.#tracks.get(name) ?? null);
    const prefix = place === null ? null : new PrefixHash(place);
    const file = { place, prefix, claimed: null, newest: null, intactUntil: null };
    this.#files.set(name, file);
    return file;
  }
}
