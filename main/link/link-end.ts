import { DiscordError } from '../discord/discord-error.ts';
import { VoiceError } from '../voice/voice-error.ts';

/** Why a link ends a recording: Discord's final word, or `fault` for an error of ours. */
export type LinkEnd = 'kicked' | 'channel-deleted' | 'call-ended' | 'rejected' | 'fault';

/** Why a voice session was replaced by another one. */
export type LinkGapReason = 'reconnect' | 'server-move' | 'channel-move';

/** Of two reasons for one gap the one that says more: a move shows first as a lost connection or as a new server. */
export function strongerReason(one: LinkGapReason, other: LinkGapReason): LinkGapReason {
  const known = [one, other];
  if (known.includes('channel-move')) return 'channel-move';
  return known.includes('server-move') ? 'server-move' : 'reconnect';
}

/**
 * The end that `thrown` means for a link; null when another join is worth while. `next` is what `Rejoins.failed`
 * said of the same error: a voice server's first refusal may be mended by a fresh join, its second in a row is final.
 */
export function linkEndOf(thrown: unknown, next: 'again' | 'final'): LinkEnd | null {
  if (thrown instanceof VoiceError) {
    if (next === 'again' && thrown.remedy !== 'stop') return null;
    if (thrown.reason === 'disconnected') return 'kicked';
    return thrown.reason === 'call-ended' ? 'call-ended' : 'rejected';
  }
  if (!(thrown instanceof DiscordError)) return 'fault';
  switch (thrown.reason) {
    case 'token-rejected':
    case 'intents-refused':
    case 'shard-refused':
    case 'version-refused':
    case 'refused':
    case 'blocked':
      return 'rejected';
    case 'no-way':
    case 'not-found':
    case 'join-timeout':
    case 'unreachable':
    case 'rate-limited':
    case 'bad-response':
    case 'session-lost':
    case 'bad-request':
    case 'closed':
      return null;
  }
}
