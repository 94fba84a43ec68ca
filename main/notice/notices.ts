import type { Clock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { withLimit } from '../base/wait.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { noticeText } from '../../preload/contract/messages/notice-words.ts';
import type { Buttons } from './buttons.ts';
import { NoticeSound, type SoundingVoice } from './notice-sound.ts';
import { isRecNickname, nicknameBefore, recNickname } from './rec-nickname.ts';
import { isFinal, type StandingNotices } from './standing-notices.ts';

/** `nickname`: the mark before the bot's name; `message`: in the channel's own chat; `sound`: in the channel. */
export type NoticeKind = 'nickname' | 'message' | 'sound';

/** What came of one way of telling people; `failure` is null when they have been told. */
export interface GivenNotice {
  readonly kind: NoticeKind;
  readonly channelId: Snowflake;
  /** When that was known, since 1970. */
  readonly atMs: number;
  readonly failure: Error | null;
}

/** What is known of the server just now. */
export interface NoticePlace {
  /** The bot's nickname now; null when it has none. */
  readonly ownNick: () => string | null;
  /** The guild's language, as Discord writes it. */
  readonly locale: () => string;
  /** Why nothing that we say in that channel is heard; null when it is. */
  readonly unheardIn: (channelId: Snowflake) => Error | null;
}

export interface NoticesOptions {
  readonly rest: Pick<DiscordRest, 'createMessage' | 'editMessage' | 'setOwnNickname'>;
  readonly guildId: Snowflake;
  readonly botName: string;
  readonly place: NoticePlace;
  readonly clock: Clock;
  readonly standing: StandingNotices;
  readonly onGiven: (given: GivenNotice) => void;
  /** What stands under each message; null where presses do not reach us. Asked once for each message. */
  readonly buttons: () => Promise<Buttons | null>;
  /** Which notice there must be, for a recording to go on: any, or the message with its buttons. */
  readonly needs?: 'any' | 'message';
  readonly sound?: NoticeSound;
}

/** A notice that is not given by then is not given at all: somebody waits for the recording. */
const NOTICE_LIMIT_MS = 15_000;

/** What is not taken back by then is taken back at the next start. */
const TAKE_BACK_LIMIT_MS = 2_000;

/** At the end, how long the answer to a message is waited for that is being written. */
const WRITTEN_LIMIT_MS = 1_000;

/** Somebody who comes hears the sound once their client can: it has yet to connect. */
const NEWCOMER_MS = 1_500;

/** Least time between the beginnings of two sounds for those who come. */
const SOUND_EVERY_MS = 20_000;

/** Tells the people of a voice channel that they are recorded, for one recording and in every channel it comes to. */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #sound: NoticeSound;
  readonly #cancel = new AbortController();
  /** The voice session that the sound goes through; null while there is none. */
  #voice: { readonly channelId: Snowflake; readonly voice: SoundingVoice } | null = null;
  /** When the last sound began, monotonic. */
  #soundAtMs = -Infinity;
  /** Runs until those who came hear the sound. */
  #newcomers: NodeJS.Timeout | null = null;
  /** Channel and message of each. */
  readonly #messages = new Set<string>();
  /** Messages that Discord may have taken, and has not answered. */
  readonly #writing = new Set<Promise<void>>();
  /** Somebody came who was to hear the sound when there was no voice session. */
  #isDue = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
    this.#sound = options.sound ?? new NoticeSound(options.clock);
  }

  /**
   * Tells the people of that channel in every way at once. Resolves when nickname and message are answered: `told` when
   * one of them was taken; else by the sound, when that has begun or cannot. Rejects with the signal's reason only.
   */
  async tell(
    channelId: Snowflake,
    voice: SoundingVoice,
    signal: AbortSignal,
  ): Promise<'told' | 'untold'> {
    signal.throwIfAborted();
    this.#voice = { channelId, voice };
    const give = (kind: NoticeKind, work: Work): Promise<boolean> =>
      this.#give({ kind, channelId }, work, signal);
    const sound = give('sound', (both) => this.#play(both));
    const answers = await Promise.all([
      give('nickname', (both) => this.#mark(both)),
      give('message', (both) => this.#write(channelId, both)),
    ]);
    const [, hasMessage] = answers;
    const isTold =
      this.#options.needs === 'message' ? hasMessage : answers.includes(true) || (await sound);
    signal.throwIfAborted();
    return isTold ? 'told' : 'untold';
  }

  /** The voice session that the sound goes through from now on; null while there is none. */
  heardThrough(channelId: Snowflake, voice: SoundingVoice | null): void {
    this.#voice = voice === null ? null : { channelId, voice };
    if (voice === null || !this.#isDue) return;
    this.#isDue = false;
    this.newcomer();
  }

  /** Whether that message is one of ours. */
  hasWritten(channelId: Snowflake, messageId: Snowflake): boolean {
    return this.#messages.has(`${channelId} ${messageId}`);
  }

  /** Somebody came: they hear the sound, once in 20 s at most. */
  newcomer(): void {
    if (this.#newcomers !== null || this.#cancel.signal.aborted) return;
    const dueAtMs = Math.max(this.#soundAtMs + SOUND_EVERY_MS, this.#sound.endsAtMs);
    const waitMs = Math.max(NEWCOMER_MS, dueAtMs - this.#options.clock.monotonicMs());
    this.#newcomers = setTimeout(() => {
      this.#newcomers = null;
      const channelId = this.#voice?.channelId;
      if (channelId === undefined) {
        this.#isDue = true;
        return;
      }
      void this.#give({ kind: 'sound', channelId }, (both) => this.#play(both));
    }, waitMs);
  }

  /**
   * The recording is over, after `length` (null where there is none to tell): gives the nickname back, and says so under
   * the messages. What Discord does not take within 2 s is left for the next start. Never throws.
   */
  async end(length: string | null): Promise<void> {
    this.#cancel.abort(new Error('the recording is over'));
    if (this.#newcomers !== null) clearTimeout(this.#newcomers);
    this.#voice = null;
    const { rest, standing, place } = this.#options;
    const nick = place.ownNick();
    const before = standing.standingNickname?.before ?? null;
    // Somebody gave the bot another name meanwhile: that one stays.
    if ((nick === null || !isRecNickname(nick)) && nick !== before) await standing.nickname(null);
    const takeBack = (): Promise<void> =>
      standing.takeBack({ rest, locale: place.locale(), length, limitMs: TAKE_BACK_LIMIT_MS });
    await this.#allWritten(takeBack);
    await takeBack();
  }

  /** Waits a second at most for messages that are being written; `later` is called for those that come after it. */
  async #allWritten(later: () => Promise<void>): Promise<void> {
    if (this.#writing.size === 0) return;
    const written = Promise.allSettled(this.#writing);
    const onLimit = (): Error => new Error('a message is not answered');
    try {
      await withLimit({ limitMs: WRITTEN_LIMIT_MS, onLimit }, () => written);
    } catch {
      void written.then(later); // as long as this process lives
    }
  }

  async #mark(signal: AbortSignal): Promise<void> {
    const { rest, guildId, botName, place, standing } = this.#options;
    const nick = place.ownNick();
    const { standingNickname } = standing;
    if (nick !== null && isRecNickname(nick)) {
      if (standingNickname === null)
        await standing.nickname({ before: nicknameBefore(nick, botName) });
      return;
    }
    await standing.nickname({ before: nick }); // a crash between the two must not lose it
    try {
      await rest.setOwnNickname(guildId, recNickname(nick ?? botName), signal);
    } catch (error) {
      if (isFinal(error)) await standing.nickname(standingNickname);
      throw error;
    }
  }

  async #write(channelId: Snowflake, signal: AbortSignal): Promise<void> {
    const { rest, botName, place, standing } = this.#options;
    const buttons = await this.#options.buttons();
    const locale = place.locale();
    const content = noticeText(buttons?.words ?? 'begun', locale, { bot: botName });
    const components = buttons?.row(locale) ?? [];
    signal.throwIfAborted();
    // Not given up once it is sent: Discord may have taken it, and it would stand for ever.
    const written = rest.createMessage(channelId, { content, components }).then(async ({ id }) => {
      this.#messages.add(`${channelId} ${id}`);
      await standing.message({ channelId, messageId: id });
    });
    this.#writing.add(written);
    await written.finally(() => this.#writing.delete(written));
  }

  async #play(signal: AbortSignal): Promise<void> {
    if (this.#voice === null) throw new Error('there is no voice session');
    const { channelId, voice } = this.#voice;
    const obstacle = this.#options.place.unheardIn(channelId);
    if (obstacle !== null) throw obstacle;
    this.#soundAtMs = this.#options.clock.monotonicMs();
    await this.#sound.begin(voice, signal);
  }

  /** True when the work was done within the limit. Tells what came of it, unless `signal` aborted. Never rejects. */
  async #give(
    what: Pick<GivenNotice, 'kind' | 'channelId'>,
    work: Work,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const own = this.#cancel.signal;
    const either = signal === undefined ? own : AbortSignal.any([own, signal]);
    const onLimit = (): Error => new Error('the notice was not given in time');
    let failure: Error | null = null;
    try {
      await withLimit({ limitMs: NOTICE_LIMIT_MS, onLimit }, work, either);
    } catch (error) {
      if (either.aborted) return false;
      failure = toError(error);
    }
    const { clock, onGiven } = this.#options;
    onGiven({ ...what, atMs: clock.wallMs(), failure });
    return failure === null;
  }
}

type Work = (signal: AbortSignal) => Promise<void>;
