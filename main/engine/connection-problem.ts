import { DiscordError } from '../discord/discord-error.ts';
import { causesOf, networkErrorOf } from '../network/network-error.ts';
import type { VoiceError } from '../voice/voice-error.ts';
import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';

/** How far it had come: signing in by REST, the main gateway's events, the answer to a join. */
type Step = 'sign-in' | 'events' | 'join';

/**
 * A failure of REST or of the main gateway, as a person is told it. Only what nobody answered is an unreachable Discord:
 * where TLS or a proxy stands in the way, or Discord did answer, that is said.
 */
export function discordProblem(error: DiscordError): Problem {
  const network = networkErrorOf(error);
  if (network !== null) return { code: network.reason, details: network.details };
  const answer = answerOf(error);
  switch (error.reason) {
    case 'token-rejected':
      return problem('token-rejected');
    case 'intents-refused':
    case 'shard-refused':
    case 'version-refused':
      return problem('bot-refused');
    case 'refused':
      return problem('discord-refused');
    case 'blocked':
      return problem('discord-blocked', { answer: answer ?? '' });
    case 'not-found':
      // REST does not know the address; else the channel or its server went.
      return error.httpStatus === null
        ? problem('unknown-channel')
        : problem('not-discord', { answer: answer ?? '' });
    case 'join-timeout':
      return problem('join-timeout', { step: 'channel' });
    case 'rate-limited':
      return limited(error.retryAfterMs ?? 0);
    case 'no-way':
    case 'unreachable':
    case 'session-lost':
    case 'bad-request':
    case 'bad-response':
      return troubleOf(error, answer);
    case 'closed':
      return problem('fault', { message: error.message });
  }
}

/** The last answer among the causes says who is in trouble. */
function troubleOf(error: DiscordError, answer: string | null): Problem {
  const step = stepOf(error);
  for (const cause of causesOf(error)) {
    if (!(cause instanceof DiscordError)) continue;
    if (cause.retryAfterMs !== null) return limited(cause.retryAfterMs);
    if (cause.httpStatus === 403) return problem('discord-blocked', { answer: answer ?? '' });
    if (cause.reason === 'bad-response' && isPage(cause))
      return problem('not-discord', { answer: answer ?? '' });
  }
  if (answer === null) return problem('discord-unreachable', { step });
  return problem('discord-trouble', { step, answer });
}

function limited(retryAfterMs: number): Problem {
  return problem('discord-limited', { minutes: Math.max(1, Math.ceil(retryAfterMs / 60_000)) });
}

/** Discord's API answers in JSON, whatever it is asked. */
function isPage({ contentType }: DiscordError): boolean {
  return contentType?.includes('json') !== true;
}

function stepOf(error: DiscordError): Step {
  if (error.reason === 'session-lost') return 'join';
  for (const cause of causesOf(error)) {
    if (!(cause instanceof DiscordError)) continue;
    if (cause.closeCode !== null) return 'events';
  }
  return 'sign-in';
}

/** What Discord said last, `HTTP 400/50035` or a close code; null when nothing was heard of it. */
function answerOf(error: DiscordError): string | null {
  for (const cause of causesOf(error)) {
    if (!(cause instanceof DiscordError)) continue;
    const { httpStatus, apiCode, closeCode } = cause;
    if (httpStatus !== null)
      return `HTTP ${String(httpStatus)}${apiCode === null ? '' : `/${String(apiCode)}`}`;
    if (closeCode !== null && closeCode !== CUT) return String(closeCode);
  }
  return error.reason === 'session-lost' ? 'op 9' : null;
}

/** What a WebSocket that ended without a close frame gives for a close code. */
const CUT = 1006;

/** A failure of a voice connection, as a person is told it. */
export function voiceProblem(error: VoiceError): Problem {
  const network = networkErrorOf(error);
  if (network !== null) return { code: network.reason, details: network.details };
  const { reason, closeCode } = error;
  switch (reason) {
    case 'disconnected':
      return problem('kicked');
    case 'call-ended':
      return problem('call-ended');
    case 'e2ee-required':
      return problem('e2ee-unavailable');
    case 'no-transport-mode':
      return problem('no-transport-mode');
    case 'udp-unanswered':
    case 'ipv6-unreachable':
      return problem(reason);
    case 'unreachable':
    case 'server-not-found':
      return closeCode === null || closeCode === CUT
        ? problem('join-timeout', { step: 'voice' })
        : problem('join-timeout', { step: 'closed', answer: String(closeCode) });
    case 'rate-limited':
      return problem('reconnect-limited');
    case 'session-invalid':
    case 'authentication':
    case 'protocol':
      return problem('voice-refused');
  }
}

function problem(code: ErrorCode, details: Problem['details'] = {}): Problem {
  return { code, details };
}
