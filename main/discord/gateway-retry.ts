import { backoffMs } from '../base/backoff.ts';
import { DiscordError } from './discord-error.ts';
import { afterClose } from './gateway-close.ts';
import type { ConnectionEnd } from './gateway-connection.ts';
import type { GatewayTiming } from './gateway-timing.ts';

/** What to do after a connection ended or could not be tried. `resume` means identify where there is no session. */
export type NextStep =
  | { readonly kind: 'resume' | 'identify'; readonly pause: Pause }
  | { readonly kind: 'give-up'; readonly error: DiscordError };

/** `random`: 1 to 5 s, after an invalid session; `long`: 5 s; `until`: what Discord named. Repeated ones grow. */
export type Pause =
  | { readonly kind: 'none' | 'backoff' | 'random' | 'long' }
  | { readonly kind: 'until'; readonly waitMs: number };

/** What follows the end of a connection. */
export function afterEnd(end: ConnectionEnd): NextStep {
  if (end.kind === 'theirs') {
    const after = afterClose(end.code);
    if (after.kind === 'resume') return { kind: 'resume', pause: { kind: 'backoff' } };
    if (after.kind === 'give-up') return after;
    return { kind: 'identify', pause: { kind: after.wait ? 'long' : 'random' } };
  }
  switch (end.why) {
    case 'closed':
      return { kind: 'give-up', error: new DiscordError('closed', 'the gateway was closed') };
    case 'reconnect':
      return { kind: 'resume', pause: { kind: 'none' } };
    case 'session-resumable':
      return { kind: 'resume', pause: { kind: 'random' } };
    case 'session-invalid':
      return { kind: 'identify', pause: { kind: 'random' } };
    case 'no-heartbeat-ack':
    case 'no-hello':
    case 'no-ready':
      return { kind: 'resume', pause: { kind: 'backoff' } };
  }
}

/**
 * What follows a failure to get the gateway's address, or of TLS or a proxy on the way to it. A rejected token is final.
 * Before the first READY so are 403, 404 and other 4xx, what bars the way for good, and
 * a wait above `connectLimitMs`; after it they are tried again like everything else.
 */
export function afterFailure(
  error: DiscordError,
  before: { readonly firstReady: boolean; readonly timing: GatewayTiming },
): NextStep {
  const { reason, retryAfterMs } = error;
  const tooLong = (retryAfterMs ?? 0) > before.timing.connectLimitMs;
  const refused = ['refused', 'blocked', 'not-found', 'bad-request'].includes(reason);
  const hopeless = refused || tooLong;
  const isFinal = hopeless || reason === 'no-way';
  if (reason === 'token-rejected' || (before.firstReady && isFinal))
    return { kind: 'give-up', error };
  // Discord bans an address after many refused requests: wait as long as the pauses allow.
  if (hopeless) return { kind: 'resume', pause: { kind: 'until', waitMs: Infinity } };
  if (retryAfterMs === null) return { kind: 'resume', pause: { kind: 'backoff' } };
  return { kind: 'resume', pause: { kind: 'until', waitMs: retryAfterMs } };
}

/** Milliseconds to pause before connection number `attempt` (from 1) since the last one that held. */
export function pauseMs(
  pause: Pause,
  attempt: number,
  { timing, random }: { readonly timing: GatewayTiming; readonly random: () => number },
): number {
  const growing = (from: number): number =>
    attempt < from ? 0 : backoffMs(timing.backoff, attempt - from + 1, random());
  return Math.min(timing.longestPauseMs, nominalMs());

  function nominalMs(): number {
    switch (pause.kind) {
      case 'none':
        return growing(2);
      case 'backoff':
        return growing(1);
      case 'random':
        return Math.max(timing.invalidSessionMs * (1 + 4 * random()), growing(4));
      case 'long':
        return Math.max(timing.invalidSessionMs * 5, growing(2));
      case 'until':
        return Math.max(pause.waitMs, growing(1));
    }
  }
}
