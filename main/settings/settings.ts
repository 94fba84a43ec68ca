import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { systemErrorCode, toError } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { makeOwnFolder } from '../base/plain-file.ts';
import { finishReplacing, replaceFile } from '../base/replace-file.ts';

const VERSION = 1;
const FILE = 'settings.json';

const bounds = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(200).max(20_000),
  height: z.int().min(200).max(20_000),
});

/** Each setting is read by itself: a value that does not fit falls back alone and takes no other with it. */
const fields = {
  /** The channel chosen last in the window. */
  chosenChannelId: z
    .string()
    .regex(/^[0-9]{1,20}$/)
    .nullable()
    .catch(null),
  /** Where the window was; null: wherever the system puts it. */
  windowBounds: bounds.nullable().catch(null),
};
const schema = z.object(fields);

/** What Tapedeck remembers between two starts. Never a token: that is the key store's. */
export type Settings = Readonly<z.output<typeof schema>>;

/** Settings of a first start. */
export const DEFAULT_SETTINGS: Settings = schema.parse({});

/** The settings file, read tolerantly and replaced whole. */
export class SettingsFile {
  readonly #file: string;
  readonly #log: Log;
  /** Keys of a later version, kept so that going back and forth between versions loses nothing. */
  readonly #foreign: Readonly<Record<string, unknown>>;
  #settings: Settings;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    place: { readonly file: string; readonly log: Log },
    settings: Settings,
    foreign: Readonly<Record<string, unknown>>,
  ) {
    this.#file = place.file;
    this.#log = place.log;
    this.#settings = settings;
    this.#foreign = foreign;
  }

  /** Reads `settings.json` in that folder. A missing or unreadable one gives the defaults; it never throws. */
  static async open(folder: string, log: Log = silentLog): Promise<SettingsFile> {
    await finishReplacing(folder, new Set([FILE]));
    const file = path.join(folder, FILE);
    const raw = await readObject(file, log);
    const foreign = Object.fromEntries(Object.entries(raw).filter(([key]) => !(key in fields)));
    return new SettingsFile({ file, log }, schema.parse(raw), foreign);
  }

  get current(): Settings {
    return this.#settings;
  }

  /** Applies `change` at once; resolves when it is on disk. A write error is only logged: settings are a convenience. */
  update(change: Partial<Settings>): Promise<void> {
    this.#settings = { ...this.#settings, ...change };
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const text = JSON.stringify({ ...this.#foreign, version: VERSION, ...this.#settings }, null, 2);
    try {
      await makeOwnFolder(path.dirname(this.#file));
      await replaceFile(this.#file, `${text}\n`);
    } catch (error) {
      this.#log.warn('settings not written', { reason: toError(error).message });
    }
  }
}

async function readObject(file: string, log: Log): Promise<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT')
      log.warn('settings not readable, defaults taken', { reason: toError(error).message });
    return {};
  }
}
