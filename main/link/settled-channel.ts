import { once } from 'node:events';
import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { withLimit } from '../base/wait.ts';
import type { LinkContext } from './join.ts';

/** Our voice state in another channel comes within 5 s of the voice server there, or before. */
const SETTLED_MS = 5_000;

/**
 * Discord named a voice server by itself: resolves when it is known whether we are still in that channel, by Discord's
 * answer, by our voice state in another one, or since neither has come for 5 s. Where the answer is that we are
 * elsewhere, `onElsewhere` is called, and our voice state is waited for as long as it takes. Rejects with the signal's
 * reason only.
 */
export async function settledChannel(
  { gateway, log, askOwnChannel }: LinkContext,
  { guildId, id }: { readonly guildId: Snowflake; readonly id: Snowflake },
  onElsewhere: () => void,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const moved = async (until: AbortSignal): Promise<'moved'> => {
    const either = AbortSignal.any([until, done.signal]);
    while (gateway.directory.ownChannelId(guildId) === id)
      await once(gateway, 'voice-state', { signal: either });
    return 'moved';
  };
  const asked = async (until: AbortSignal): Promise<'here' | 'elsewhere' | 'moved'> => {
    try {
      const own = await askOwnChannel?.(guildId, until);
      if (own !== undefined) return own === id ? 'here' : 'elsewhere';
    } catch (error) {
      log.info('discord does not say where we are', { message: toError(error).message });
    }
    return moved(until);
  };
  const limit = { limitMs: SETTLED_MS, onLimit: (): Error => new Error('no news of a move') };
  try {
    const where = await withLimit(
      limit,
      (until) => Promise.race([moved(until), asked(until)]),
      signal,
    ).catch(() => null);
    signal.throwIfAborted();
    if (where !== 'elsewhere') return;
    onElsewhere();
    await moved(signal);
  } finally {
    done.abort(new Error('settled'));
  }
}
