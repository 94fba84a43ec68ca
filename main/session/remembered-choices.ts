import path from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { makeOwnFolder, openPlainFile } from '../base/plain-file.ts';
import { finishReplacing, replaceFile } from '../base/replace-file.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { orStorageError } from '../recording/storage-error.ts';
import { Choices, NOBODY_LEFT_OUT, type Choice, type LeftOutPeople } from './choices.ts';

const FILE = 'left-out.json';
const VERSION = 1;

const id = z.string().regex(/^[0-9]{1,20}$/);

/** Keys of a later version are kept. */
const schema = z.looseObject({
  version: z.literal(VERSION),
  /** By server. */
  guilds: z.record(
    id,
    z.looseObject({ excluded: z.array(id).readonly(), refused: z.array(id).readonly() }),
  ),
});
type Remembered = z.infer<typeof schema>;

const NOTHING: Remembered = { version: VERSION, guilds: {} };

/**
 * Who is left out of recordings, by server: one file in the settings folder, for window and command line. It is read
 * for each question, so that a process knows what another has written. Where it is there and cannot be read, nothing
 * is known of who refused: every method then throws StorageError, and a recording must not begin.
 */
export class RememberedChoices {
  readonly #file: string | null;
  #last: Promise<unknown> = Promise.resolve();

  /** `folder` is the settings folder; null remembers nothing. */
  constructor(folder: string | null) {
    this.#file = folder === null ? null : path.join(folder, FILE);
  }

  /** Who is left out in that server. */
  of(guildId: Snowflake): Promise<LeftOutPeople> {
    return this.#inTurn(async () => (await this.#read()).guilds[guildId] ?? NOBODY_LEFT_OUT);
  }

  /** Remembers a choice. Resolves when it is on the disk. */
  choose(guildId: Snowflake, choice: Choice): Promise<void> {
    return this.#inTurn(async () => {
      const remembered = await this.#read();
      const before = remembered.guilds[guildId];
      const choices = new Choices(before ?? NOBODY_LEFT_OUT);
      choices.choose(choice);
      await this.#write({
        ...remembered,
        guilds: { ...remembered.guilds, [guildId]: { ...before, ...choices.people() } },
      });
    });
  }

  /** Does one thing behind the other: none reads what another is about to replace. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #read(): Promise<Remembered> {
    const file = this.#file;
    if (file === null) return NOTHING;
    return orStorageError({ cannot: 'read', file }, async () => {
      let text = await readIfThere(file);
      if (text === null) {
        await finishReplacing(path.dirname(file), new Set([FILE]));
        text = await readIfThere(file);
      }
      if (text === null) return NOTHING;
      const { data } = schema.safeParse(parseJson(text));
      if (data === undefined) throw new Error('not a list of who is left out');
      return data;
    });
  }

  async #write(remembered: Remembered): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    await orStorageError({ cannot: 'write', file }, async () => {
      await makeOwnFolder(path.dirname(file));
      await replaceFile(file, `${JSON.stringify(remembered, null, 2)}\n`);
    });
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    await using handle = await openPlainFile(file, 'read');
    return await handle.readFile('utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
