import { backoffMs } from '../base/backoff.ts';
import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { sleep } from '../base/wait.ts';
import { DiscordError } from '../discord/discord-error.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import { VoiceError } from '../voice/voice-error.ts';
import { joinChannel } from './join.ts';
import type { LinkContext } from './join.ts';
import type { LinkGateway } from './link-gateway.ts';
import { VoiceFeed } from './voice-feed.ts';

/** Before the second and the third try. */
const PAUSES = { firstMs: 1_000, mostMs: 2_000 };

/** How long Discord may be unreachable before somebody who waits for a recording is told. */
const UNREACHABLE_MS = 60_000;

/**
 * Joins the channel for a recording that has not begun. What a fresh join may mend is tried again, 3 joins at most,
 * since a person waits for the answer. Throws DiscordError (`unreachable` when the main gateway stays away for 60 s),
 * VoiceError or the signal's reason, after having left the channel again.
 */
export async function joinFirst(
  context: LinkContext,
  { guildId, channelId }: { readonly guildId: Snowflake; readonly channelId: Snowflake },
  signal: AbortSignal,
): Promise<{ readonly voice: VoiceConnection; readonly feed: VoiceFeed }> {
  using presence = new GatewayPresence(context.gateway);
  const both = AbortSignal.any([signal, presence.missed]);
  for (let attempt = 1; ; attempt += 1) {
    const feed = new VoiceFeed();
    try {
      const voice = await joinChannel(context, { guildId, channelId, feed }, both);
      return { voice, feed };
    } catch (error) {
      if (both.aborted || attempt >= triesWorthwhile(error)) throw error;
      context.log.info('joining is tried again', { attempt, message: toError(error).message });
    }
    await sleep(backoffMs(PAUSES, attempt), both);
  }
}

/** How many joins are worth while in all, when one failed with `error`. */
function triesWorthwhile(error: unknown): number {
  if (error instanceof DiscordError) return error.reason === 'session-lost' ? 3 : 1;
  if (!(error instanceof VoiceError)) return 1;
  switch (error.remedy) {
    case 'rejoin':
      return 3;
    case 'rejoin-once':
      return 2;
    case 'await-server':
    case 'stop':
      return 1;
  }
}

/** Notices when there has been no connection to the main gateway for a minute. */
class GatewayPresence implements Disposable {
  readonly #gateway: LinkGateway;
  readonly #missed = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(gateway: LinkGateway) {
    this.#gateway = gateway;
    gateway.on('connection', this.#follow);
    this.#follow(gateway.connection);
  }

  get missed(): AbortSignal {
    return this.#missed.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#gateway.off('connection', this.#follow);
  }

  readonly #follow = (connection: 'connected' | 'retrying'): void => {
    clearTimeout(this.#timer);
    if (connection === 'connected') return;
    this.#timer = setTimeout(() => {
      const cause = this.#gateway.lastFailure;
      this.#missed.abort(new DiscordError('unreachable', 'the main gateway stays away', { cause }));
    }, UNREACHABLE_MS);
  };
}
