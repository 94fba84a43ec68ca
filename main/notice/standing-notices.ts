import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { toError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { silentLog, type Log } from '../base/log.ts';
import { makeOwnFolder } from '../base/plain-file.ts';
import { ownProcess, processState } from '../base/process-mark.ts';
import { replaceFile } from '../base/replace-file.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { withLimit } from '../base/wait.ts';
import { DiscordError } from '../discord/discord-error.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { noticeText } from '../../preload/contract/messages/notice-words.ts';

type Rest = Pick<DiscordRest, 'editMessage' | 'setOwnNickname'>;

/** A message of ours that says that somebody is recorded. */
interface StandingMessage {
  readonly channelId: Snowflake;
  readonly messageId: Snowflake;
}

const FOLDER = 'standing-notices';
const id = z.string().regex(/^[0-9]{1,20}$/);

/** What one recording has told Discord and not taken back. */
const standingSchema = z.object({
  botId: id,
  guildId: id,
  /** The guild's language. */
  locale: z.string().max(32),
  /** The nickname that stood before ours; null when ours was not set. `before` null: there was none. */
  nickname: z.object({ before: z.string().max(32).nullable() }).nullable(),
  messages: z.array(z.object({ channelId: id, messageId: id })).max(1_000),
  process: z.object({
    host: z.string(),
    bootId: z.string().nullable(),
    pidNamespace: z.string().nullable(),
    pid: z.int().positive(),
    processStartedAt: z.string().nullable(),
  }),
});
type Standing = z.infer<typeof standingSchema>;

/** Whose notices are kept, and where. */
export interface StandingPlace {
  /** The settings folder; null keeps nothing for the next start. */
  readonly folder: string | null;
  readonly botId: Snowflake;
  readonly guildId: Snowflake;
  readonly locale: string;
}

/**
 * What one recording has told Discord, kept in a file of its own until it is taken back: after a crash the next start
 * does that. A disk that refuses the file costs that only.
 */
export class StandingNotices {
  readonly #file: string | null;
  readonly #log: Log;
  #standing: Standing;
  #writing: Promise<void> = Promise.resolve();

  static async begin(
    { folder, ...place }: StandingPlace,
    log: Log = silentLog,
  ): Promise<StandingNotices> {
    const file = folder === null ? null : path.join(folder, FOLDER, `${randomUUID()}.json`);
    const process = await ownProcess();
    return new StandingNotices(file, { ...place, nickname: null, messages: [], process }, log);
  }

  /** Those that dead processes of this bot have left in that folder. */
  static async abandoned(folder: string, botId: Snowflake, log: Log): Promise<StandingNotices[]> {
    const found: StandingNotices[] = [];
    for (const name of await namesIn(path.join(folder, FOLDER))) {
      const file = path.join(folder, FOLDER, name);
      const standing = await readStanding(file);
      if (standing === null || standing.botId !== botId) continue;
      if ((await processState(standing.process)) !== 'dead') continue;
      found.push(new StandingNotices(file, standing, log));
    }
    return found;
  }

  private constructor(file: string | null, standing: Standing, log: Log) {
    this.#file = file;
    this.#log = log;
    this.#standing = standing;
  }

  /** Our nickname that stands or is about to, by what stood before it; null: there is none of ours. */
  get standingNickname(): Standing['nickname'] {
    return this.#standing.nickname;
  }

  /** The guild that it is about. */
  get guildId(): Snowflake {
    return this.#standing.guildId;
  }

  /** We are about to set a nickname in place of `before`; null: it was refused. Resolves when that is on disk. */
  nickname(nickname: Standing['nickname']): Promise<void> {
    this.#standing = { ...this.#standing, nickname };
    return this.#write();
  }

  /** That message stands. Resolves when that is on disk. */
  message(message: StandingMessage): Promise<void> {
    this.#standing = { ...this.#standing, messages: [...this.#standing.messages, message] };
    return this.#write();
  }

  /**
   * Gives the nickname back and says under each message that it is over, after `length` where that is known. What was
   * taken back, and what cannot be any more, is forgotten; the rest is kept for the next start. Never throws.
   */
  async takeBack({
    rest,
    locale = this.#standing.locale,
    length,
    limitMs,
  }: {
    readonly rest: Rest;
    readonly locale?: string;
    readonly length: string | null;
    readonly limitMs: number;
  }): Promise<void> {
    const { guildId, nickname, messages } = this.#standing;
    const content =
      length === null ? noticeText('over-unknown', locale) : noticeText('over', locale, { length });
    const isDone = (work: (signal: AbortSignal) => Promise<void>): Promise<boolean> =>
      this.#attempt(work, limitMs);
    const [isBack, ...areOver] = await Promise.all([
      nickname === null ||
        isDone((signal) => rest.setOwnNickname(guildId, nickname.before, signal)),
      ...messages.map((message) =>
        isDone((signal) => rest.editMessage(message, { content }, signal)),
      ),
    ]);
    this.#standing = {
      ...this.#standing,
      nickname: isBack ? null : nickname,
      messages: messages.filter((_, index) => areOver[index] !== true),
    };
    await this.#write();
  }

  /** False when it is worth another try at the next start. */
  async #attempt(work: (signal: AbortSignal) => Promise<void>, limitMs: number): Promise<boolean> {
    const onLimit = (): Error => new Error('discord has not answered in time');
    try {
      await withLimit({ limitMs, onLimit }, work);
      return true;
    } catch (error) {
      this.#log.warn('a notice is not taken back', { error: toError(error).message });
      return isFinal(error);
    }
  }

  #write(): Promise<void> {
    const file = this.#file;
    if (file === null) return Promise.resolve();
    this.#writing = this.#writing.then(async () => {
      try {
        const { nickname, messages } = this.#standing;
        if (nickname === null && messages.length === 0) return await rm(file, { force: true });
        await makeOwnFolder(path.dirname(file));
        await replaceFile(file, `${JSON.stringify(this.#standing)}\n`);
      } catch (error) {
        this.#log.warn('standing notices not written', { error: toError(error).message });
      }
    });
    return this.#writing;
  }
}

/** Answers that another try does not change: no right any more, or the message or the server is gone. */
const FINAL: readonly DiscordError['reason'][] = ['refused', 'not-found', 'bad-request'];

/** Whether Discord refused for good. */
export function isFinal(error: unknown): boolean {
  return error instanceof DiscordError && FINAL.includes(error.reason);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json'));
  } catch {
    return []; // none has ever stood
  }
}

/** Null for a file that is none of ours. */
async function readStanding(file: string): Promise<Standing | null> {
  try {
    return standingSchema.safeParse(parseJson(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null; // removed in between
  }
}
