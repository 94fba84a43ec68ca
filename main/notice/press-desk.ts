import type { Clock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { ButtonPress } from '../discord/button-press.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { noticeText, type NoticeKey } from '../../preload/contract/messages/notice-words.ts';
import { isOurButton, type Buttons, type ButtonAction, type ButtonRows } from './buttons.ts';

/** What presses are about: one recording. */
export interface PressedRecording {
  /** Whether the person is in the voice channel just now, by Discord's own voice state. */
  isInChannel(userId: Snowflake): boolean;
  /** Whether that message of that channel is one of this recording's notices. */
  isNotice(channelId: Snowflake, messageId: Snowflake): boolean;
  /** Whether the person chose not to be recorded. */
  hasRefused(userId: Snowflake): boolean;
  stopAsked(userId: Snowflake): void;
  /**
   * From the call on nothing of the person is kept, here and in later recordings of the server; or it is again, unless
   * the operator leaves them out too. Gives what holds from then on.
   */
  refuse(userId: Snowflake, refuses: boolean): 'recorded' | 'left-out';
  /** Whether nothing of the person is kept, by whatever choice, or because they have not agreed yet. */
  isLeftOut(userId: Snowflake): boolean;
  /** From the call on the person is recorded, or not any more. Gives what holds from then on. */
  agree(userId: Snowflake, agrees: boolean): 'recorded' | 'left-out';
  /** Deletes what this recording has of the person. Throws StorageError. */
  erase(userId: Snowflake): Promise<unknown>;
}

export interface PressDeskOptions {
  readonly recording: PressedRecording;
  readonly buttons: Buttons;
  readonly rest: Pick<DiscordRest, 'answerPress'>;
  readonly applicationId: Snowflake;
  readonly guildId: Snowflake;
  readonly botName: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** One person's presses of one button count once in so long: a double click is one wish. */
const ACT_EVERY_MS = 2_000;

/** Presses that are remembered. */
const MOST_PRESSES = 1_000;

interface Answer {
  readonly key: NoticeKey;
  readonly rows?: ButtonRows;
}

/** Acts on presses of the buttons under one recording's messages, and answers the person, whom alone it shows. */
export class PressDesk {
  readonly #options: PressDeskOptions;
  /** By person and button. */
  readonly #actedAtMs = new Map<string, number>();

  constructor(options: PressDeskOptions) {
    this.#options = options;
  }

  /** Acts at once; resolves when Discord has taken the answer, or has not. Never throws. */
  async press(press: ButtonPress): Promise<void> {
    const { applicationId, guildId, buttons, recording, rest, log, botName } = this.#options;
    if (press.applicationId !== applicationId || press.guildId !== guildId) return;
    const action = buttons.actionOf(press.customId);
    if (action === null || !this.#isDue(`${press.userId} ${action}`)) return;
    // An answer that one person sees is no message that we know: its button counts by its word.
    const isOurs = action === 'erase' || recording.isNotice(press.channelId, press.messageId);
    try {
      const { key, rows = [] } =
        action === 'old' || !isOurs
          ? { key: 'over-press' as const }
          : await this.#act(action, press);
      const content = noticeText(key, press.locale, { bot: botName }, 'alone');
      await rest.answerPress(press, { content, components: rows });
    } catch (error) {
      log.warn('a press is not answered', { action, error: toError(error).message });
    }
  }

  async #act(
    action: ButtonAction,
    { userId, mayMoveMembers, locale }: ButtonPress,
  ): Promise<Answer> {
    const { recording, buttons } = this.#options;
    switch (action) {
      case 'stop':
        if (!mayMoveMembers && !recording.isInChannel(userId)) return { key: 'stop-refused' };
        recording.stopAsked(userId);
        return { key: 'stopped' };
      case 'refuse': {
        const refuses = !recording.hasRefused(userId);
        const holds = recording.refuse(userId, refuses);
        if (refuses) return { key: 'refused', rows: buttons.eraseRow(locale) };
        return { key: holds === 'recorded' ? 'recorded-again' : 'left-out-still' };
      }
      case 'agree': {
        const agrees = recording.isLeftOut(userId);
        const holds = recording.agree(userId, agrees);
        if (!agrees) return { key: 'agreed-no-more', rows: buttons.eraseRow(locale) };
        return { key: holds === 'recorded' ? 'recorded-again' : 'left-out-still' };
      }
      case 'erase':
        if (!recording.isLeftOut(userId)) return { key: 'erase-later' };
        await recording.erase(userId);
        return { key: 'erased' };
      case 'kept':
        return { key: 'kept' };
    }
  }

  #isDue(press: string): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - (this.#actedAtMs.get(press) ?? -Infinity) < ACT_EVERY_MS) return false;
    this.#actedAtMs.delete(press); // the newest stand last
    this.#actedAtMs.set(press, nowMs);
    const [oldest] = this.#actedAtMs.keys();
    if (this.#actedAtMs.size > MOST_PRESSES && oldest !== undefined) this.#actedAtMs.delete(oldest);
    return true;
  }
}

/** Answers a press of a button of ours while nothing is recorded. Never throws. */
export async function answerLatePress(
  rest: Pick<DiscordRest, 'answerPress'>,
  press: ButtonPress,
): Promise<void> {
  if (!isOurButton(press.customId)) return;
  const content = noticeText('over-press', press.locale, {}, 'alone');
  await rest.answerPress(press, { content }).catch(() => undefined); // the person sees that nothing came
}
