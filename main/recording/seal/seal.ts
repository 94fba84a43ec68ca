import { stat } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SAMPLE_RATE_HZ } from '../../base/sample-rate.ts';
import { EVENTS_FILE, SEAL_FILE } from '../layout.ts';
import type { ManifestTrack } from '../manifest.ts';
import type { RecordingEvent } from '../recording-event.ts';
import { AppendFile } from '../track/append-file.ts';
import type { Semaphore } from '../track/semaphore.ts';
import { openSealKey, type SealKey } from './seal-key.ts';
import {
  hashLine,
  sealName,
  SEAL_VERSION,
  writeSealLine,
  type SealClaim,
  type SealLine,
} from './seal-line.ts';

/** What a seal is made with. */
export interface SealOptions {
  /** The recording's, absolute. */
  readonly folder: string;
  /** Where `seal.key` is or will be made; null: the lines are chained, but not signed. */
  readonly settingsFolder: string | null;
  readonly log: Log;
  readonly syncs: Semaphore;
}

/** Where and when a line is written: samples of the recording, and milliseconds since 1970. */
export interface SealMoment {
  readonly samples: number;
  readonly atMs: number;
}

/** A file under way, with what of it has reached the disk. */
interface Growing {
  readonly onDisk: SealClaim;
}

/** The seal of a recording under way. Whatever fails costs the seal alone: it goes to the log, and nothing is thrown. */
export class Seal implements AsyncDisposable {
  readonly #options: SealOptions;
  readonly #file: AppendFile;
  readonly #key: SealKey | null;
  /** Bytes of each file that the lines so far claim. */
  readonly #claimedBytes = new Map<string, number>();
  #count = 0;
  #previous: string | null = null;
  #e2ee: SealLine['e2ee'];
  #nextAtSamples = SAMPLE_RATE_HZ;
  #isOver = false;

  /** Opens the key; the file is made with the first line. */
  static async open(options: SealOptions): Promise<Seal> {
    const { settingsFolder, log } = options;
    const key =
      settingsFolder === null
        ? null
        : await openSealKey(settingsFolder).catch((error: unknown) => {
            log.warn('recording not signed', { error: toError(error).message });
            return null;
          });
    return new Seal(options, key);
  }

  private constructor(options: SealOptions, key: SealKey | null) {
    const { folder, log, syncs } = options;
    this.#options = options;
    this.#key = key;
    this.#file = new AppendFile(path.join(folder, SEAL_FILE), {
      syncs,
      onError: ({ message }) => log.warn('recording not sealed', { error: message }),
    });
  }

  /** Writes the first line, without waiting for the disk. */
  begin(startedAtMs: number): void {
    const { publicKey = null } = this.#key ?? {};
    const startedAt = new Date(startedAtMs).toISOString();
    const first = { seal: SEAL_VERSION, startedAt, publicKey } as const;
    this.#write({ samples: 0, atMs: startedAtMs }, { ...first, files: {} });
    void this.#file.flush();
  }

  /** The next line tells the state of the encryption, where the event does. */
  tell(event: RecordingEvent): void {
    if (event.event !== 'e2ee') return;
    const { version, epoch, privacyCode } = event;
    this.#e2ee = version === 0 ? null : { epoch, privacyCode };
  }

  /** Writes a line, once a second, about what had reached the disk when the recording was so long. */
  async mark(
    { samples, atMs }: SealMoment,
    of: {
      readonly events: Growing;
      readonly tracks: Iterable<Growing & { readonly file: string }>;
    },
  ): Promise<void> {
    if (this.#count === 0 || this.#isOver) return; // a slow flush may begin before sample 0, or end behind the end
    if (samples < this.#nextAtSamples) return;
    this.#nextAtSamples = samples - (samples % SAMPLE_RATE_HZ) + SAMPLE_RATE_HZ;
    const files = [{ file: EVENTS_FILE, onDisk: of.events.onDisk }, ...of.tracks].map(
      ({ file, onDisk }) => ({ file: sealName(file), onDisk }),
    );
    const changed = this.#removed(files);
    for (const { file, onDisk } of files) {
      if (onDisk.bytes === (this.#claimedBytes.get(file) ?? 0)) continue;
      changed[file] = onDisk;
      this.#claimedBytes.set(file, onDisk.bytes);
    }
    this.#write({ samples, atMs }, { files: changed });
    await this.#file.flush();
  }

  /** Writes the last line, about files that are complete. */
  async end(
    { samples, atMs }: SealMoment,
    of: { readonly events: Growing; readonly tracks: readonly ManifestTrack[] },
  ): Promise<void> {
    const { folder, log } = this.#options;
    this.#isOver = true;
    try {
      const files = this.#removed(
        [{ file: EVENTS_FILE }, ...of.tracks].map(({ file }) => ({ file: sealName(file) })),
      );
      files[EVENTS_FILE] = of.events.onDisk;
      for (const { file, sha256 } of of.tracks)
        if (sha256 !== null)
          files[sealName(file)] = { bytes: (await stat(path.join(folder, file))).size, sha256 };
      await this.#file.retry();
      this.#write({ samples, atMs }, { act: 'closed', sealedUntil: samples, files });
    } catch (error) {
      log.warn('recording not sealed', { error: toError(error).message });
    }
    await this.#file.close();
  }

  /** Closes the file as it is. */
  close(): Promise<void> {
    return this.#file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Null for each file that a line claims and that is not among `files` any more. */
  #removed(files: readonly { readonly file: string }[]): Record<string, SealClaim | null> {
    const names = new Set(files.map(({ file }) => file));
    const removed = [...this.#claimedBytes.keys()].filter((file) => !names.has(file));
    for (const file of removed) this.#claimedBytes.delete(file);
    return Object.fromEntries(removed.map((file) => [file, null]));
  }

  #write(
    { samples, atMs }: SealMoment,
    rest: Omit<SealLine, 'n' | 'at' | 'samples' | 'e2ee' | 'previous' | 'signature'>,
  ): void {
    const at = new Date(atMs).toISOString();
    const e2ee = this.#e2ee === undefined ? {} : { e2ee: this.#e2ee };
    this.#e2ee = undefined;
    const line = { n: this.#count, at, samples, ...e2ee, ...rest, previous: this.#previous };
    const text = writeSealLine(line, this.#key);
    this.#count += 1;
    this.#previous = hashLine(text);
    this.#file.push(Buffer.from(`${text}\n`));
  }
}
