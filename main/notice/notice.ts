import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { withLimit } from '../base/wait.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { text } from '../../preload/contract/messages/text.ts';

/** What came of one way of telling people; `failure` is null when Discord has taken the notice. */
export interface NoticeResult {
  readonly kind: NoticeKind;
  readonly failure: Error | null;
}

/** `message`: in the channel's own chat. */
export type NoticeKind = 'message';

/** Who tells whom. */
export interface NoticePlace {
  readonly channelId: Snowflake;
  readonly botName: string;
}

/** What a notice is given by. */
type NoticeRest = Pick<DiscordRest, 'createMessage'>;

type Give = (rest: NoticeRest, place: NoticePlace, signal: AbortSignal) => Promise<unknown>;

const NOTICES: readonly { readonly kind: NoticeKind; readonly give: Give }[] = [
  { kind: 'message', give: writeMessage },
];

/** A notice that Discord has not taken by then is not given: somebody waits for the recording. */
const NOTICE_LIMIT_MS = 15_000;

/**
 * Tells the people of a voice channel, in every way there is and in all at once, that recording begins. Whatever keeps
 * a notice from being given is its `failure`; throws only the signal's reason.
 */
export async function giveNotices(
  rest: NoticeRest,
  place: NoticePlace,
  signal: AbortSignal,
): Promise<readonly NoticeResult[]> {
  const onLimit = (): Error => new Error('discord has not taken the notice in time');
  const limit = { limitMs: NOTICE_LIMIT_MS, onLimit };
  return await Promise.all(
    NOTICES.map(async ({ kind, give }) => {
      try {
        await withLimit(limit, (both) => give(rest, place, both), signal);
        return { kind, failure: null };
      } catch (error) {
        signal.throwIfAborted();
        return { kind, failure: toError(error) };
      }
    }),
  );
}

function writeMessage(
  rest: NoticeRest,
  { channelId, botName }: NoticePlace,
  signal: AbortSignal,
): Promise<unknown> {
  return rest.createMessage(channelId, { content: text('notice.chat', { bot: botName }) }, signal);
}
